"""The audit's report, for people and for scripts."""

from typing import Any

from rich.table import Table

from accord.cli.audit.audit import Report
from accord.cli.money import written
from accord.cli.output import console


def show(report: Report) -> None:
    """Print the report as tables."""
    laws = Table("service", "law", "", title="audit", title_justify="left")
    for service, law in sorted(report.laws, key=lambda found: found[0]):
        laws.add_row(service, law.name, "[green]holds[/]" if law.holds else f"[red]broken: {law.detail}[/]")
    console.print(laws)
    for difference in report.explained:
        console.print(f"[yellow]under way[/]  {difference.subject}: {difference.text}")
    for difference in report.unexplained:
        console.print(f"[red]differs[/]    {difference.subject}: {difference.text}")
    for receipt in report.refunds_due:
        console.print(f"[yellow]refund due[/] {written(receipt.amount)} of receipt {receipt.receipt_id}")
    for order_id in report.orders_to_refund:
        console.print(f"[yellow]refund due[/] order {order_id} was paid after it was closed")
    for order_id in report.orders_to_settle:
        console.print(f"[yellow]refund failed[/] order {order_id}: settle it with `accord payment settle`")
    verdict = "[green]clean[/]" if report.clean else "[red]not clean[/]"
    console.print(f"{report.orders} orders, {report.receipts} receipts against the provider's book: {verdict}")


def as_dictionary(report: Report) -> dict[str, Any]:
    """Return the report as JSON's types."""
    return {
        "clean": report.clean,
        "orders": report.orders,
        "receipts": report.receipts,
        "laws": [
            {"service": service, "name": law.name, "holds": law.holds, "detail": law.detail}
            for service, law in report.laws
        ],
        "explained": [{"subject": one.subject, "text": one.text, "gids": sorted(one.gids)} for one in report.explained],
        "unexplained": [
            {"subject": one.subject, "text": one.text, "gids": sorted(one.gids)} for one in report.unexplained
        ],
        "refunds_due": [receipt.receipt_id for receipt in report.refunds_due],
        "orders_to_refund": report.orders_to_refund,
        "orders_to_settle": report.orders_to_settle,
    }
