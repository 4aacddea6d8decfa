"""Tools for testing apps, and suites that every backend of a port must pass."""

from outlast.testing.app_test import AppTest
from outlast.testing.looks import Failure
from outlast.testing.replay import Divergence
from outlast.testing.view import BlockView, Question, TableView

__all__ = ["AppTest", "BlockView", "Divergence", "Failure", "Question", "TableView"]
