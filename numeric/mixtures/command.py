"""What ``derive codegen gaussian-mixture`` asks for."""

from __future__ import annotations

import json
from typing import Any

from numeric.mixtures.derived import derived
from numeric.mixtures.design import design_of
from numeric.mixtures.statement import GAUSSIAN, Statement
from numeric.mixtures.system import system_of
from numeric.mixtures.write import module_of
from numeric.modules import listing
from numeric.program import Program

NAME = "gaussian-mixture"


def answer_line(line: str) -> dict[str, Any]:
    """Answer a request for a mixture module, written as one line of JSON.

    Returns
    -------
    dict
        ``status`` is ``"generated"``, with ``source``.
    """
    record = json.loads(line)
    structure = record["covariances"]
    source = listed(GAUSSIAN[structure]) if record["program"] else gaussian_mixture(structure)
    return {"status": "generated", "source": source}


def gaussian_mixture(covariances: str = "full") -> str:
    """Return the source of the module of a Gaussian mixture.

    Parameters
    ----------
    covariances : str
        ``full``, ``tied``, ``diagonal`` or ``spherical``.
    """
    options = "" if covariances == "full" else f" --covariances {covariances}"
    return module_of(derived(GAUSSIAN[covariances]), NAME + options)


def listed(statement: Statement) -> str:
    """Return the array programs of a mixture, for reading: features, their parameters, M-step and gradients."""
    design = design_of(system_of(derived(statement)))
    parts = {f"feature {place}": feature for place, (feature, _) in enumerate(design.features.values())}
    parts |= {f"parameter of feature {i}": p for i, (_, p) in enumerate(design.features.values()) if p is not None}
    parts |= {f"M-step: {s.parameter.name}{' moves by' if s.moved else ''}": s.value for s in design.steps}
    for parameter, gradient in zip(design.system.parameters, design.gradients, strict=True):
        parts[f"gradient by {parameter.name}"] = gradient
    return "\n".join(f"{name}\n{listing(Program((), (node,), (node.axes,)))}" for name, node in parts.items())
