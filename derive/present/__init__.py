"""Derived terms as a person would write them: common factors taken out, parts of the question left as they were."""

from derive.present.presenter import Presenter

__all__ = ["Presenter"]
