"""``opgrad demo``: the classic example, the plugins, and a network trained on real data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from random import Random

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from opgrad.cli.listing import console, plugin_table
from opgrad.cli.writing import why, writing
from opgrad.demo.compiled import train
from opgrad.demo.dataset import WDBC, Dataset, Row, Scaling, read_csv, split
from opgrad.demo.train import (
    Loss,
    Settings,
    Step,
    accuracy,
    by_logcosh,
    by_softplus,
    confusion,
    epoch_losses,
    scores,
    steps_per_epoch,
    training,
)
from opgrad.graph import Graph
from opgrad.node import Node
from opgrad.registry import Registry, default
from opgrad.value import Value

UNSEEN = 0.25
"""The fraction of the rows that training never sees."""

DEFAULTS = Settings()

CLASSIC = """\
a = Value(2); b = Value(-3); c = Value(10)
d = a + b * c
e = d.relu()
e.backward()
"""


@click.command(short_help="See OpGrad work, in about a minute.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("demo-output"),
    show_default=True,
    help="The folder for the pictures; made if there is none.",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=WDBC,
    show_default="the breast cancer data that come with OpGrad",
    help="A CSV file of your own: a header, columns of numbers, and last one of two classes.",
)
@click.option(
    "--epochs",
    type=click.IntRange(min=1),
    default=DEFAULTS.epochs,
    show_default=True,
    help="How often training goes through the data.",
)
@click.option(
    "--hidden",
    type=click.IntRange(min=1),
    default=DEFAULTS.hidden,
    show_default=True,
    help="Neurons between the features and the answer.",
)
@click.option(
    "--seed",
    type=int,
    default=DEFAULTS.seed,
    show_default=True,
    help="Decides which rows stay unseen, the first weights, and the order of the rows.",
)
def demo(out: Path, data: Path, epochs: int, hidden: int, seed: int) -> None:
    """See OpGrad work, in about a minute.

    Prints the classic example and draws its graph; lists the plugins that were found; then trains
    a neural network, in which every weight is a scalar Value, on the Wisconsin diagnostic breast
    cancer data, draws how it went, and trains it once more, compiled. Its loss uses an op of a
    third-party plugin, opgrad-logcosh, if that is installed, and otherwise a built-in one.

    \b
    Examples:
      opgrad demo
      opgrad demo --epochs 2 --out /tmp/demo
      opgrad demo --data flowers.csv
    """  # noqa: D301  # click takes \b for: do not rewrap these lines
    if find_spec("matplotlib") is None:
        raise click.ClickException(
            "the demo draws with matplotlib, which is not installed; pip install 'opgrad[demo]'"
        )
    settings = Settings(epochs=epochs, hidden=hidden, seed=seed)
    screen = console()
    table = read_csv(data)
    _make_folder(out)
    _show_classic(screen, out / "classic.svg")
    _show_plugins(screen, default())
    _show_training(screen, table, settings, data, out / "training.png")


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.ClickException(f"cannot make the folder {out}: {why(error)}") from error


def choose_loss(registry: Registry) -> tuple[Loss, str]:
    """The logistic loss, by the example plugin's op if that is in use; and what to say of it."""
    example = [info for info in registry.plugins if info.name == "logcosh"]
    if "logcosh.logcosh" in registry.ops:
        return by_logcosh, (
            "Loss of a margin m: log(1 + exp(-m)), as logcosh(m/2) - m/2 + log 2; logcosh is the "
            f"op of the third-party {example[0]}"
        )
    why = (
        f"is {example[0].state}: {example[0].cause}"
        if example
        else (
            "is not installed. To install it, in the folder of OpGrad's sources: "
            "pip install ./examples/opgrad-logcosh"
        )
    )
    return by_softplus, (
        "Loss of a margin m: log(1 + exp(-m)), as softplus(-m), which is built in. The third-party "
        f"plugin opgrad-logcosh, which would give it as logcosh(m/2) - m/2 + log 2, {why}"
    )


# -- one: the classic example --------------------------------------------------------------------


def _show_classic(screen: Console, path: Path) -> None:
    screen.rule("[bold]1. A graph of five nodes", align="left")
    screen.print(CLASSIC, style="cyan")
    a, b, c = Value(2), Value(-3), Value(10)
    d = a + b * c
    e = d.relu()
    e.backward()
    names: dict[Node, str] = {a: "a", b: "b", c: "c", d: "d", e: "e"}
    _show_values(screen, names)
    _write(path, Graph.of(e, names=names).to_svg())

    screen.print("\nrelu is flat at -28, so nothing flows through it. Without it, d.backward():\n")
    a, b, c = Value(2), Value(-3), Value(10)
    d = a + b * c
    d.backward()
    _show_values(screen, {a: "a", b: "b", c: "c", d: "d"})
    _say_where(screen, "\nThe graph", path)


def _show_values(screen: Console, names: Mapping[Node, str]) -> None:
    for value, name in names.items():
        screen.print(f"{name} = {value!r}", markup=False)


def _say_where(screen: Console, what: str, path: Path) -> None:
    screen.print(f"{what} is drawn in [bold]{escape(str(path))}[/bold]\n", soft_wrap=True)


def _write(path: Path, text: str) -> None:
    with writing(path):
        path.write_text(text, encoding="utf-8")


# -- two: the plugins ----------------------------------------------------------------------------


def _show_plugins(screen: Console, registry: Registry) -> None:
    screen.rule("[bold]2. The plugins", align="left")
    screen.print(plugin_table(registry))
    third_party = [i for i in registry.plugins if not i.builtin and i.state == "loaded"]
    screen.print(
        f"{len(registry.ops)} ops from {len(registry.plugins)} plugins, "
        f"{len(third_party)} of them third-party: "
        f"{', '.join(str(info) for info in third_party) or 'none'}\n",
        markup=False,
    )


# -- three: the network --------------------------------------------------------------------------


def _show_training(
    screen: Console, table: Dataset, settings: Settings, source: Path, path: Path
) -> None:
    from opgrad.demo.picture import Outcome, draw  # here: matplotlib may be missing

    screen.rule("[bold]3. A neural network of scalar Values", align="left")
    seen, unseen = split(table, UNSEEN, Random(settings.seed))
    scaling = Scaling.of(seen.rows)
    rows, unseen_rows = scaling(seen.rows), scaling(unseen.rows)
    screen.print(
        f"{source.name}: {len(table.rows)} rows of {len(table.features)} features, "
        f"{table.classes[0]} or {table.classes[1]}; {len(rows)} to train on, "
        f"{len(unseen_rows)} unseen",
        markup=False,
    )
    loss, told = choose_loss(default())
    screen.print(f"{told}\n", markup=False, soft_wrap=True)
    steps = _train(screen, rows, unseen_rows, settings, loss)
    final = scores(steps[-1].model, unseen_rows)
    counts = confusion(final, unseen_rows)
    seconds = sum(step.seconds for step in steps) / len(steps)
    screen.print(
        f"\n{len(steps[-1].model.parameters)} parameters, {len(steps)} steps of "
        f"{settings.batch} rows, {1000 * seconds:.1f} ms a step\n"
        f"Unseen rows: {accuracy(final, unseen_rows):.1%} right; "
        f"{counts[1][0]} of {sum(counts[1])} {table.classes[1]} and "
        f"{counts[0][1]} of {sum(counts[0])} {table.classes[0]} ones wrong",
        markup=False,
    )
    outcome = Outcome(steps, table.classes, unseen_rows, final)
    with writing(path):
        draw(outcome, path)
    _say_where(screen, "The training", path)
    _show_compiled(screen, rows, settings, loss, steps)


# -- four: the same, compiled --------------------------------------------------------------------


def _show_compiled(
    screen: Console, rows: Sequence[Row], settings: Settings, loss: Loss, steps: Sequence[Step]
) -> None:
    screen.rule("[bold]4. The same network, compiled", align="left")
    screen.print("step = og.compile(og.value_and_grad(loss))", style="cyan")
    done = train(rows, settings, loss)
    apart = max(abs(a - b.loss) for a, b in zip(done.losses, steps, strict=True))
    pace = sum(step.seconds for step in steps) / len(steps)
    screen.print(
        f"{done.preparing:.1f} s to trace and compile {len({step.rows for step in steps})} sizes "
        f"of batch; then {1000 * done.pace:.2f} ms a step, where Values took {1000 * pace:.1f}: "
        f"{pace / done.pace:.0f} times faster\n"
        f"The losses of all {len(steps)} steps are the same to {apart:.0e}\n",
        markup=False,
        soft_wrap=True,
    )


def _train(
    screen: Console, rows: Sequence[Row], unseen: Sequence[Row], settings: Settings, loss_of: Loss
) -> list[Step]:
    """Train under a progress bar, with a line for some of the epochs."""
    per_epoch = steps_per_epoch(rows, settings)
    every = -(-settings.epochs // 10)
    steps: list[Step] = []
    columns = (
        TextColumn("training"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("steps"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task("", total=settings.epochs * per_epoch)
        for step in training(rows, settings, loss_of):
            steps.append(step)
            bar.advance(task)
            if step.number % per_epoch == 0 and (
                step.epoch % every == 0 or step.epoch == settings.epochs
            ):
                recent = steps[-per_epoch:]
                (loss,) = epoch_losses(recent)
                pace = sum(s.seconds for s in recent) / per_epoch
                right = accuracy(scores(step.model, unseen), unseen)
                bar.console.print(
                    f"epoch {step.epoch:3}   loss {loss:.4f}   unseen rows {right:6.1%} right   "
                    f"{1000 * pace:5.1f} ms a step"
                )
    return steps
