from django import template

from stats.figures import Figure, Row, Who

register = template.Library()


@register.filter
def figure_of(row: Row, who: Who) -> Figure:
    """The figure of one sort of people in a row of the table."""
    return row.of(who)
