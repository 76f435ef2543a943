import Recurrence

/// The tasks of one calendar, with the single occurrences that it changes (RFC 5545 §3.8.4.4). Such an occurrence is left out of
/// its series and is a task of its own: a series has one open task at a time, which cannot hold what a later one will be.
struct ICalendarSeries {
  private let zones: ImportZones
  private var masters: [ImportedTask] = []
  private var placeOfUID: [String: Int] = [:]
  private var rejectedUIDs: Set<String> = []
  private var changed: [VTodo] = []
  private var rejected: [RejectedLine] = []

  init(zones: ImportZones) { self.zones = zones }

  mutating func add(_ todo: VTodo) {
    do throws(RejectedLine) {
      let task = try todo.task()
      if let uid = task.uid { placeOfUID[uid] = masters.count }
      masters.append(task)
    } catch {
      if let uid = todo.uid { rejectedUIDs.insert(uid) }
      rejected.append(error)
    }
  }

  mutating func change(_ todo: VTodo) { changed.append(todo) }

  func tasks() -> (tasks: [ImportedTask], rejected: [RejectedLine]) {
    var (masters, rejected) = (masters, rejected)
    var tasks: [ImportedTask] = []
    for todo in changed {
      do throws(RejectedLine) { tasks.append(try take(todo, outOf: &masters)) } catch { rejected.append(error) }
    }
    for var task in masters {
      if let parent = task.parentUID, placeOfUID[parent] == nil { task.parentUID = nil }
      do throws(RejectedLine) {
        try task.skipLeftOut(zones)
        tasks.append(task)
      } catch { rejected.append(error) }
    }
    return (tasks, rejected)
  }

  private func take(_ todo: VTodo, outOf masters: inout [ImportedTask]) throws(RejectedLine) -> ImportedTask {
    let line = todo.line
    guard let uid = todo.uid, let place = placeOfUID[uid], let due = masters[place].due, !masters[place].rule.isEmpty
    else {
      let reason = todo.uid.map(rejectedUIDs.contains) == true ? "was rejected" : "is not in this file"
      throw RejectedLine(
        line: line, detail: "A RECURRENCE-ID changes one occurrence of a series, and the series \(reason).")
    }
    let date = zones.wall(try todo.recurrenceMoment(), in: zones.wall(due).zone)
    masters[place].exdates.append(date)
    var task = try todo.task()
    task.rule = ""
    task.rdates = []
    task.exdates = []
    task.occurrence = date
    return task
  }
}

extension ImportedTask {
  /// Goes on to the first date of the series that is not left out, and takes the ones before it off COUNT.
  fileprivate mutating func skipLeftOut(_ zones: ImportZones) throws(RejectedLine) {
    guard !exdates.isEmpty, let due, let rules = try? RecurrenceRule.rules(rule) else { return }
    let (start, zone) = zones.wall(due)
    let dates = RecurrenceSet(rules: [], rdates: [start], exdates: exdates, start: start, zone: zone)
    guard dates.next(after: zone.instant(of: start).adding(seconds: -1)) == nil else { return }
    guard rules.count == 1, rdates.isEmpty, rules[0].frequency >= .daily else {
      throw RejectedLine(line: line, detail: "The first date is left out of a series of several rules or RDATEs.")
    }
    guard
      let first = RecurrenceSet(rules: rules, exdates: exdates, start: start, zone: zone).next(
        after: zone.instant(of: start))
    else { throw RejectedLine(line: line, detail: "Every date of the series is left out or changed on its own.") }
    if case .instant = due { self.due = .instant(first.at) } else { self.due = .wall(first.local, zone: zone.name) }
    guard let count = rules[0].count else { return }
    let passed = RecurrenceSet(rules: rules, start: start, zone: zone).occurrences().prefix(while: { $0.at < first.at })
    rule = rule.split(separator: ";").map {
      $0.uppercased().hasPrefix("COUNT=") ? "COUNT=\(count - passed.count)" : String($0)
    }.joined(separator: ";")
  }
}
