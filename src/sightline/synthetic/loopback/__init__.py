"""A made-up MIS on this machine: the rows of a made-up school behind a web server on loopback.

In: a folder of canonical CSV. Out: a server whose school can be changed while others read it. The
demo's live school and the tests of the connectors use it; nothing outside the machine reaches it.
"""

from sightline.synthetic.loopback.school import MadeUpMis, Row
from sightline.synthetic.loopback.server import Asked, Given, LoopbackServer
from sightline.synthetic.loopback.wonde import MadeUpWonde

__all__ = ["Asked", "Given", "LoopbackServer", "MadeUpMis", "MadeUpWonde", "Row"]
