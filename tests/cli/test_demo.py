"""``opgrad demo``, in a short form."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import opgrad as og
from opgrad.cli.demo import choose_loss
from opgrad.demo.train import by_softplus
from tests.cli.conftest import install_plugin

if TYPE_CHECKING:
    from tests.cli.conftest import Finished, Invoke, Run

TABLE = "size,weight,kind\n" + "".join(
    f"{i},{i * i % 7},{'dog' if i % 3 else 'cat'}\n" for i in range(12)
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the short demo runs."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def short(run_in: Run, logcosh: Path, interp: Path, folder: Path) -> Finished:
    """The demo on a small table, for one epoch."""
    (folder / "pets.csv").write_text(TABLE)
    options = ("--data", "pets.csv", "--epochs", "1", "--out", "new/pictures")
    return run_in(folder, "-m", "opgrad", "demo", *options, path=(logcosh, interp))


def test_demo_succeeds_quietly(short: Finished) -> None:
    """Nothing on stderr, exit code 0."""
    assert (short.returncode, short.stderr) == (0, "")


def test_demo_prints_the_classic_example(short: Finished) -> None:
    """With the right gradients, behind the ReLU and without it."""
    for line in (
        "b = Value(data=-3, grad=0)",
        "d = Value(data=-28, grad=0)",
        "e = Value(data=0, grad=1)",
        "a = Value(data=2, grad=1)",
        "b = Value(data=-3, grad=10)",
        "c = Value(data=10, grad=-3)",
        "d = Value(data=-28, grad=1)",
    ):
        assert line in short.stdout.splitlines()


@pytest.mark.parametrize("name", ["logcosh", "interp"])
def test_demo_says_which_plugins_are_third_party(short: Finished, name: str) -> None:
    """The example plugins are found through their entry points."""
    told = " ".join(short.stdout.split()).partition("2 of them third-party: ")[2]
    assert f"plugin '{name}' (opgrad-{name} 1.0.0)" in told.partition("3. ")[0]


def test_demo_says_how_the_training_went(short: Finished) -> None:
    """Loss, accuracy on unseen rows, time of a step."""
    assert "pets.csv: 12 rows of 2 features, cat or dog; 9 to train on, 3 unseen" in short.stdout
    assert re.search(
        r"epoch   1   loss \d\.\d{4}   unseen rows +\d+\.\d% right +\d+\.\d ms a step", short.stdout
    )
    assert re.search(r"Unseen rows: \d+\.\d% right; \d of \d dog and \d of \d cat", short.stdout)


def test_demo_trains_once_more_compiled(short: Finished) -> None:
    """With the time it took, and how far losses are apart: no more than by rounding."""
    told = short.stdout.partition("4. The same network, compiled")[2]
    assert re.search(r"\d\.\d s to trace and compile 1 sizes? of batch; then \d+\.\d\d ms", told)
    assert "times faster" in told
    assert re.search(r"The losses of all 1 steps are the same to (0e\+00|\de-1\d)", told)


def test_demo_draws_into_the_folder_that_it_names(short: Finished, folder: Path) -> None:
    """A picture of the graph and one of the training; the folder is made."""
    out = folder / "new" / "pictures"
    assert {path.name for path in out.iterdir()} == {"classic.svg", "training.png"}
    assert (out / "classic.svg").read_text(encoding="utf-8").startswith("<svg")
    assert (out / "training.png").read_bytes().startswith(b"\x89PNG")
    for name in ("classic.svg", "training.png"):
        assert f"is drawn in new/pictures/{name}" in short.stdout


def test_demo_learns_from_real_data(run: Run, logcosh: Path) -> None:
    """Two epochs are enough for nine unseen rows of ten."""
    done = run("-m", "opgrad", "demo", "--epochs", "2", path=(logcosh,))
    assert done.returncode == 0
    assert "wdbc.csv: 569 rows of 30 features, benign or malignant" in done.stdout
    (right,) = re.findall(r"Unseen rows: ([\d.]+)% right", done.stdout)
    assert float(right) > 90


def test_demo_is_deterministic(run: Run, logcosh: Path, tmp_path: Path) -> None:
    """All but the times is decided by the seed."""
    (tmp_path / "pets.csv").write_text(TABLE)
    command = ("-m", "opgrad", "demo", "--data", "pets.csv", "--epochs", "3", "--seed", "7")
    times = r" +[\d.]+ ms a step|[\d.]+ s to trace|where Values took [\d.]+: \d+ times faster"
    first, again = (re.sub(times, "", run(*command, path=(logcosh,)).stdout) for _ in range(2))
    assert "loss" in first
    assert first == again


def test_demo_says_how_the_plugin_gives_the_loss(short: Finished) -> None:
    """The formula, and whose op it is."""
    assert (
        "Loss of a margin m: log(1 + exp(-m)), as logcosh(m/2) - m/2 + log 2; logcosh is the op of "
        "the third-party plugin 'logcosh' (opgrad-logcosh 1.0.0)"
    ) in short.stdout.splitlines()


def test_without_the_example_plugin_demo_takes_a_builtin_op() -> None:
    """And says so, and how to install the plugin: the registry of who has not installed it."""
    loss, told = choose_loss(og.Registry(installed=tuple))
    assert loss is by_softplus
    assert "as softplus(-m), which is built in" in told
    assert "opgrad-logcosh" in told
    assert "is not installed" in told
    assert "pip install ./examples/opgrad-logcosh" in told


def test_without_the_example_plugin_demo_trains_all_the_same(
    run: Run, logcosh: Path, tmp_path: Path
) -> None:
    """To the same losses. Here the plugin is disabled, and named as such; installing is no help."""
    (tmp_path / "pets.csv").write_text(TABLE)
    command = ("-m", "opgrad", "demo", "--data", "pets.csv", "--epochs", "2")
    without = run(*command, path=(logcosh,), OPGRAD_DISABLE="logcosh")
    assert (without.returncode, without.stderr) == (0, "")
    assert "is disabled: named in OPGRAD_DISABLE" in without.stdout
    assert "pip install ./examples" not in without.stdout
    losses = [
        re.findall(r"loss (\d\.\d+)", done.stdout)
        for done in (without, run(*command, path=(logcosh,)))
    ]
    assert len(losses[0]) == 2
    assert losses[0] == losses[1]


def test_another_op_of_that_name_is_not_mistaken_for_the_plugins(
    run: Run, logcosh: Path, tmp_path: Path
) -> None:
    """The demo asks for it by its qualified name, which nobody else can have."""
    install_plugin(tmp_path, "other", "logcosh")
    (tmp_path / "pets.csv").write_text(TABLE)
    command = ("-m", "opgrad", "demo", "--data", "pets.csv", "--epochs", "1")
    done = run(*command, path=(logcosh, tmp_path))
    assert done.returncode == 0
    assert "as logcosh(m/2)" in done.stdout


def test_without_matplotlib_demo_says_what_to_install(run: Run, tmp_path: Path) -> None:
    """Before it does anything else."""
    hide = tmp_path / "sitecustomize.py"
    hide.write_text("import sys\nsys.modules['matplotlib'] = None")
    done = run("-m", "opgrad", "demo", path=(tmp_path,))
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        "Error: the demo draws with matplotlib, which is not installed; "
        "pip install 'opgrad[demo]'\n"
    )


def test_a_wrong_path_is_an_error(invoke: Invoke) -> None:
    """One line; nothing is made or printed before."""
    result = invoke("demo", "--data", "no-such.csv")
    assert result.exit_code == 1
    assert result.stderr == "Error: cannot read no-such.csv: No such file or directory\n"
    assert result.stdout == ""


def test_a_malformed_row_is_an_error(invoke: Invoke, tmp_path: Path) -> None:
    """It says line, column, and what was found."""
    (tmp_path / "pets.csv").write_text(TABLE + "1,heavy,dog\n")
    result = invoke("demo", "--data", "pets.csv")
    assert result.exit_code == 1
    assert result.stderr == (
        "Error: pets.csv, line 14, column 2 (weight): expected a number, found 'heavy'\n"
    )


@pytest.mark.parametrize("out", ["pets.csv", "pets.csv/deeper"])
def test_an_unwritable_folder_is_an_error(invoke: Invoke, tmp_path: Path, out: str) -> None:
    """Here: a file has its name, or that of the folder above."""
    (tmp_path / "pets.csv").write_text(TABLE)
    result = invoke("demo", "--data", "pets.csv", "--out", out)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: cannot make the folder {out}: ")
    assert "Traceback" not in result.stderr


def test_a_picture_that_cannot_be_written_is_an_error(invoke: Invoke, tmp_path: Path) -> None:
    """Here: a folder has its name."""
    (tmp_path / "pets.csv").write_text(TABLE)
    (tmp_path / "out" / "classic.svg").mkdir(parents=True)
    result = invoke("demo", "--data", "pets.csv", "--out", "out")
    assert result.exit_code == 1
    assert result.stderr == "Error: cannot write out/classic.svg: Is a directory\n"


@pytest.mark.parametrize("option", ["--epochs", "--hidden"])
def test_a_number_below_one_is_an_error(invoke: Invoke, option: str) -> None:
    """Nothing can be trained in no epochs, or with no neurons."""
    result = invoke("demo", option, "0")
    assert result.exit_code == 2
    assert "0 is not in the range x>=1" in result.stderr
