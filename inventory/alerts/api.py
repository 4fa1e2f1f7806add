"""Alerts over HTTP."""

from inventory.alerts.commands import (
    AcknowledgeAlert,
    AlertAcknowledged,
    acknowledge_alert,
)
from inventory.alerts.queries import AlertView, list_alerts
from inventory.alerts.schemas import AlertAcknowledgedAnswer, AlertAnswer
from inventory.kernel.actors import Permission
from inventory.web.endpoints import Edge, make_blueprint, reads, writes

blueprint = make_blueprint("alerts", "What somebody should look into soon.")


@reads(blueprint, "/alerts", Permission.READ_ACCESS, answers=AlertAnswer, many=True)
def get_alerts(edge: Edge) -> list[AlertView]:
    """List every open alert, then the hundred that were acknowledged last."""
    return list_alerts(edge.db, edge.registration_id)


@writes(
    blueprint,
    "/alerts/<alert_id>/acknowledgement",
    Permission.READ_ACCESS,
    answers=AlertAcknowledgedAnswer,
)
def post_acknowledgement(edge: Edge, alert_id: str) -> AlertAcknowledged:
    """Say that you have looked into an alert that is not about you."""
    command = AcknowledgeAlert(registration_id=edge.registration_id, alert_id=alert_id)
    return acknowledge_alert(edge.db, command, actor=edge.actor, clock=edge.clock)
