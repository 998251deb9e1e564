"""Whatever anybody commands in whatever order, no rule of commissioning is broken."""

from tests.attack.lifecycles.machine import LENGTHS, Commissioning

TestCommissioning = Commissioning.TestCase
TestCommissioning.settings = LENGTHS
