"""What tests/integration/conftest.py offers, under a name that does not clash with our own."""

import importlib.util
import sys
from pathlib import Path

_path = Path(__file__).resolve().parents[1] / "integration" / "conftest.py"
_spec = importlib.util.spec_from_file_location("integration_conftest", _path)
_module = importlib.util.module_from_spec(_spec)
sys.modules[_spec.name] = _module  # Its dataclasses look themselves up.
_spec.loader.exec_module(_module)

Exporter = _module.Exporter
Sandbox = _module.Sandbox
running_exporter = _module.running_exporter
running_sandbox = _module.running_sandbox
stopped = _module.stopped
until = _module.until
