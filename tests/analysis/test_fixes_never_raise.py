"""On whatever drawing: every fix that is offered can be applied, and taken back."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analysis.random_edits import grown_graph, random_edit
from tests.graph.drawings import state
from workbench.analysis import AnalysisContext, GraphAnalysis

CONTEXT = AnalysisContext(classes=3, inputs=1, outputs=1, steps=20, batch_size=1)


@settings(max_examples=80)
@given(grown_graph(), st.data())
def test_any_fix_of_any_drawing_can_be_taken_back(graph, data):
    analysis = GraphAnalysis(graph, context=CONTEXT)
    for _ in range(data.draw(st.integers(0, 3))):
        edit = data.draw(random_edit(graph))
        if edit is not None:
            edit.apply(graph)
    for problem in analysis.diagnostics:
        for fix in problem.fixes:
            before = state(graph)
            inverse = fix.edit.apply(graph)
            assert problem not in analysis.diagnostics, (problem.code, fix.label)
            inverse.apply(graph)
            assert state(graph) == before, (problem.code, fix.label)
