"""Rules that a site sets for itself."""

from inventory.profiles.commands import ChangeSetting, SettingChanged, change_setting
from tests.steps.books import Books


class RuleSteps(Books):
    """A clinic whose administrator changes its rules."""

    def rule(self, name: str, value: str) -> SettingChanged:
        """Set a rule of the site."""
        command = ChangeSetting(
            registration_id=self.clinic.registration_id,
            name=name,
            value=value,
            reason="For this test",
        )
        return self._carry_out(change_setting, command, self.clinic.administrator)
