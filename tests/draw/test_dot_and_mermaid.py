"""A graph in the languages of Graphviz and Mermaid."""

from __future__ import annotations

from opgrad import Graph, Value

GREEN = 'fillcolor="#ecfdf5", color="#10b981", fontcolor="#065f46"'
BLUE = 'fillcolor="#eff6ff", color="#3b82f6", fontcolor="#1e3a8a"'
VIOLET = 'fillcolor="#f5f3ff", color="#8b5cf6", fontcolor="#4c1d95"'


def classic() -> Graph:
    """a + b * c, through a relu."""
    a, b, c = Value(2), Value(-3), Value(10)
    e = (a + b * c).relu()
    e.backward()
    return Graph.of(e, names={a: "a", b: "b", c: "c"})


def named(name: str) -> Graph:
    """A graph of one leaf."""
    x = Value(1)
    return Graph.of(x, names={x: name})


def test_the_classic_example_in_dot() -> None:
    """One statement for each node and edge."""
    assert classic().to_dot() == (
        "digraph {\n"
        "  rankdir=LR\n"
        '  node [fontname="monospace", fontsize=12, margin="0.12,0.06"]\n'
        '  edge [color="#94a3b8", arrowsize=0.7]\n'
        f'  n0 [label="a\\n2\\ngrad 0", shape=ellipse, style="filled", {GREEN}]\n'
        f'  n1 [label="b\\n-3\\ngrad 0", shape=ellipse, style="filled", {GREEN}]\n'
        f'  n2 [label="c\\n10\\ngrad 0", shape=ellipse, style="filled", {GREEN}]\n'
        f'  n3 [label="mul\\n-30\\ngrad 0", shape=box, style="filled,rounded", {BLUE}]\n'
        f'  n4 [label="add\\n-28\\ngrad 0", shape=box, style="filled,rounded", {BLUE}]\n'
        f'  n5 [label="relu\\n0\\ngrad 1", shape=box, style="filled,rounded", {VIOLET}, '
        f"peripheries=2]\n"
        "  n1 -> n3\n"
        "  n2 -> n3\n"
        "  n0 -> n4\n"
        "  n3 -> n4\n"
        "  n4 -> n5\n"
        "}"
    )


def test_the_classic_example_in_mermaid() -> None:
    """One statement for each node and edge, then the colours."""
    assert classic().to_mermaid() == (
        "flowchart LR\n"
        '  n0(["a<br/>2<br/>grad 0"]):::input\n'
        '  n1(["b<br/>-3<br/>grad 0"]):::input\n'
        '  n2(["c<br/>10<br/>grad 0"]):::input\n'
        '  n3("mul<br/>-30<br/>grad 0"):::op\n'
        '  n4("add<br/>-28<br/>grad 0"):::op\n'
        '  n5("relu<br/>0<br/>grad 1"):::op\n'
        "  n1 --> n3\n"
        "  n2 --> n3\n"
        "  n0 --> n4\n"
        "  n3 --> n4\n"
        "  n4 --> n5\n"
        "  classDef input fill:#ecfdf5,stroke:#10b981,color:#065f46\n"
        "  classDef op fill:#eff6ff,stroke:#3b82f6,color:#1e3a8a\n"
        "  classDef output fill:#f5f3ff,stroke:#8b5cf6,color:#4c1d95,stroke-width:3px\n"
        "  class n5 output"
    )


def test_dot_escapes_quotes_and_backslashes() -> None:
    """Neither ends the label, nor means anything in it."""
    assert r'label="a\"b\\N\n1"' in named('a"b\\N').to_dot()


def test_mermaid_escapes_what_means_something_to_it() -> None:
    """Quotes, markup, entities, Markdown and brackets become character codes."""
    assert '"#34;#60;b#62;#38;#35;#96;#91;x#93;<br/>1"' in named('"<b>&#`[x]').to_mermaid()


def test_mermaid_sees_no_list() -> None:
    """It would refuse to draw a label that begins as a list does in Markdown."""
    assert '"1#46; x<br/>1"' in named("1. x").to_mermaid()
    assert '"#45; x<br/>1"' in named("- x").to_mermaid()


def test_line_breaks_in_names_break_no_line() -> None:
    """They become spaces."""
    assert 'label="a b\\n1"' in named("a\r\nb").to_dot()
    assert '"a b<br/>1"' in named("a\r\nb").to_mermaid()


def test_constants_are_dashed() -> None:
    """In both languages."""
    graph = Graph.of(Value(1) + 2)
    assert 'label="2", shape=box, style="filled,dashed"' in graph.to_dot()
    assert '["2"]:::constant\n' in graph.to_mermaid()
    assert "stroke-dasharray:4" in graph.to_mermaid()


def test_the_empty_graph() -> None:
    """It is still a document."""
    assert Graph.of().to_dot().endswith("arrowsize=0.7]\n}")
    assert Graph.of().to_mermaid().startswith("flowchart LR")
    assert "class " not in Graph.of().to_mermaid()


def test_graphs_too_large_for_a_picture() -> None:
    """Both languages take graphs of any size."""
    x = Value(1.0)
    y = x
    for _ in range(5000):
        y = y + x
    assert Graph.of(y).to_dot().count("->") == 10_000
    assert Graph.of(y).to_mermaid().count("-->") == 10_000
