"""Each report of the catalogue can be had as the catalogue says."""

from click import Argument

from inventory.kernel.actors import Permission
from reports.catalogue import REPORTS
from reports.cli import reports


def test_each_report_is_printed_by_the_command_of_its_name() -> None:
    assert set(reports.commands) == {report.name for report in REPORTS}


def test_each_command_asks_for_what_its_report_needs() -> None:
    for report in REPORTS:
        _, *days = report.needs
        subject, *options = (
            each for each in reports.commands[report.name].params if each.required
        )
        assert isinstance(subject, Argument)
        assert {option.name for option in options} == {*days, "out"}


def test_whoever_reads_a_report_needs_the_same_permission() -> None:
    assert {report.permission for report in REPORTS} == {Permission.READ_REPORTS}
