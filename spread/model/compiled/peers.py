"""Who is known to be in use: counted at once by those tied to a unit, at meetings by those in its networks."""

from spread.model import ADOPTED, STOPPED, compiling
from spread.model.compiled import waits
from spread.model.compiled.layout import Given, Links, Live
from spread.model.compiling import whole


@compiling.part
def count_in_use(links: Links, given: Given, live: Live, unit: int, change: int) -> None:
    """Keep the counts of the unit's networks and of those who watch it."""
    intervention, traits = given.facts[unit].intervention, given.traits[unit]
    for place in range(traits.first_network, traits.last_network):
        live.in_use[links.network_of[place], intervention] += change
    for place in range(traits.first_watched, traits.last_watched):
        live.known[links.watched[place].known] += change * links.watched[place].count


@compiling.part
def learn_of_peers(links: Links, live: Live, network: int, member: int) -> bool:
    """Take in how many of a network's other members are in use; whether that is news."""
    own = 1 if ADOPTED <= live.status[links.member[member]] < STOPPED else 0
    in_use = live.in_use[network, links.member_intervention[member]] - own
    is_news = bool(in_use != live.known[member])
    live.known[member] = in_use
    return is_news


@compiling.part
def show_peers(links: Links, given: Given, live: Live, unit: int) -> None:
    """Let those who watch the unit decide at their new rate."""
    traits = given.traits[unit]
    for place in range(traits.first_watched, traits.last_watched):
        peer = whole(links.watched[place].unit)
        if live.status[peer] == 2:
            waits.wants_look(live, peer, waits.AGAIN)
