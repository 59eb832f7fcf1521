"""The table that a run of the suite prints."""

from collections.abc import Sequence

from dtm_client.testing.conformance.runner import Result


def table(title: str, results: Sequence[Result], seconds: float) -> str:
    """Return one line a scenario (its name, result, seconds), then the differences on purpose and a summary."""
    width = max((len(result.scenario.name) for result in results), default=0)
    lines: list[str] = []
    for result in results:
        scenario = result.scenario
        verdict = "DIFFERS" if result.differences else "ok, on purpose" if scenario.difference else "ok"
        lines.append(f"{scenario.name:<{width}}  {verdict:<14}  {result.seconds:5.1f}")
        lines += [f"    {difference}" for difference in result.differences]
    named = dict.fromkeys(result.scenario.difference for result in results if result.scenario.difference)
    if named:
        lines += ["", "Where the embedded coordinator and DTM differ on purpose:"]
        lines += [f"  {difference.name}: {difference.reason}" for difference in named]
    wrong = sum(bool(result.differences) for result in results)
    lines += ["", f"{title}: {len(results)} scenarios, {wrong} with differences, {seconds:.1f} s", ""]
    return "\n".join(lines)
