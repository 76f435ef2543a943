/// Gives the occurrences that python-dateutil finds, as instants by Python's own zoneinfo, under the contract's rules for gaps,
/// folds and COUNT. A line of input is `zone|start|rule|count`, the rule with an UNTIL and without COUNT; a line of output the
/// seconds from the epoch, with a `?` where dateutil was stopped: it looks for an occurrence up to the year 9999, whatever UNTIL says.
let dateutilScript = """
  import signal, sys, itertools
  from datetime import datetime, timezone
  from zoneinfo import ZoneInfo
  from dateutil.rrule import rrulestr

  def instant(wall, zone):
      at = wall.replace(tzinfo=zone, fold=0).astimezone(timezone.utc)
      shown = at.astimezone(zone).replace(tzinfo=None)
      return int(at.timestamp()), shown != wall

  def occurrences(walls, zone):
      seen, skipped = set(), []
      for wall in walls:
          at, in_gap = instant(wall, zone)
          if in_gap:
              skipped.append(at)
              continue
          for ready in sorted(s for s in skipped if s <= at) + [at]:
              if ready not in seen:
                  seen.add(ready)
                  yield ready
          skipped = [s for s in skipped if s > at]
      for ready in sorted(skipped):
          if ready not in seen:
              seen.add(ready)
              yield ready

  class Stopped(Exception):
      pass

  def stop(*_):
      raise Stopped()

  signal.signal(signal.SIGVTALRM, stop)
  # A child of a Swift process may begin with all signals blocked.
  signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGVTALRM, signal.SIGTERM])
  for line in sys.stdin:
      zone, start, rule, count = line.rstrip("\\n").split("|")
      found = []
      try:
          signal.setitimer(signal.ITIMER_VIRTUAL, 0.25)
          walls = rrulestr(rule, dtstart=datetime.fromisoformat(start))
          for at in itertools.islice(occurrences(walls, ZoneInfo(zone)), int(count)):
              found.append(str(at))
          signal.setitimer(signal.ITIMER_VIRTUAL, 0)
      except Stopped:
          found.append("?")
      except ValueError as error:
          signal.setitimer(signal.ITIMER_VIRTUAL, 0)
          # dateutil proves some rules empty when it reads them.
          if "empty set" not in str(error) and "empty rule" not in str(error):
              raise
      print(" ".join(found))
  """
