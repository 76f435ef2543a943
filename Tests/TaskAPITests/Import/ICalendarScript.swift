/// Reads a file with PyPI's icalendar: the other side of ``ICalendarComparisonTests``. Prints a JSON array of its VTODOs.
let icalendarScript = #"""
  import datetime, json, re, sys
  import icalendar

  text = open(sys.argv[1], "rb").read()
  # icalendar refuses a whole file for one impossible date.
  text = re.sub(rb"BEGIN:VTODO(?:(?!END:VTODO).)*:20270231\r\n.*?END:VTODO\r\n", b"", text, flags=re.S)

  def instant(value):
      if not isinstance(value, datetime.datetime):
          value = datetime.datetime.combine(value, datetime.time())
      if value.tzinfo is None:
          value = value.replace(tzinfo=datetime.timezone.utc)
      return int(value.timestamp())

  def due(todo):
      if "DUE" in todo: return instant(todo["DUE"].dt)
      if "DURATION" in todo: return instant(todo["DTSTART"].dt + todo["DURATION"].dt)
      return instant(todo["DTSTART"].dt) if "DTSTART" in todo else None

  def categories(todo):
      values = todo.get("CATEGORIES", [])
      values = values if isinstance(values, list) else [values]
      return [str(category) for value in values for category in value.cats]

  todos = []
  for calendar in icalendar.Calendar.from_ical(text, multiple=True):
      for todo in calendar.walk("VTODO"):
          if todo.get("STATUS") == "CANCELLED": continue
          todos.append({
              "uid": str(todo["UID"]), "changed": "RECURRENCE-ID" in todo, "title": str(todo["SUMMARY"]),
              "notes": str(todo.get("DESCRIPTION", "")), "tags": categories(todo), "due": due(todo),
              "rule": todo["RRULE"].to_ical().decode() if "RRULE" in todo else "", "alarms": len(todo.walk("VALARM")),
              "done": todo.get("STATUS") == "COMPLETED"})
  json.dump(todos, sys.stdout)
  """#
