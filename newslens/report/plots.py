"""Pictures of one report or of many. Needs the extra `plot`.

Each function takes a report, an outcome, or any iterable of them, and returns an Altair chart:
`chart.save("frames.png")`, `chart.save("frames.html", inline=True)`, or the last line of a notebook cell. Titles say
what is counted and of how many (`n`); colours are those of Okabe and Ito (2008), and what a colour tells, the tooltip
tells in words.
"""

from newslens.report.plot_frames import frames
from newslens.report.plot_loaded import loaded
from newslens.report.plot_sources import sources
from newslens.report.plot_stances import stances
from newslens.report.plot_timeline import timeline

__all__ = ["frames", "loaded", "sources", "stances", "timeline"]
