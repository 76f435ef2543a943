import Foundation
import JSON

/// What Taskmesh promises its callers, held against what a mesh holds after whatever befell it. Each answer is the list of
/// what was broken.
struct Promises {
  private let operations: [Operation]
  private let surprises: [String]
  private let contents: MeshContents
  private let feeds: [FeedReader]
  /// Of the series with an end far off, by the first one's id: the occurrences of each date, in the order of the dates.
  private let series: [String: [[JSONValue]]]
  /// The time when the contents were read, on the clock of ``Operation/invoked``.
  private let readAt = ContinuousClock.now

  /// - Parameter feeds: readers that listened from before the first write on.
  init(ledger: Ledger, contents: MeshContents, feeds: [FeedReader] = []) {
    operations = ledger.operations
    surprises = ledger.surprises
    self.contents = contents
    self.feeds = feeds
    series = Dictionary(
      grouping: contents.store.values.filter { $0["recurrence"].map { !$0.isNull } ?? false },
      by: { $0["seriesId"]?.string ?? $0["id"]?.string ?? "" }
    ).mapValues { tasks in
      Dictionary(grouping: tasks) { $0["due"]?.string ?? "" }.sorted { $0.key < $1.key }.map(\.value)
    }
  }

  var broken: [String] {
    [
      disagreements, lostWrites, strayTitles, unfitHistories, missingSuccessors, surplusSuccessors, missingReminders,
      doubledReminders, unheard, contents.dead.map { "an event was put aside: \(Self.text($0.event))" },
      surprises,
    ].flatMap(\.self)
  }

  /// What comes right by itself some time after the last write, and has not yet; reminders that are not due yet too.
  var outstanding: [String] {
    disagreements + missingSuccessors + surplusSuccessors + missingReminders(by: .distantFuture) + unheard
  }

  /// Store, topic and index tell the same of every task.
  var disagreements: [String] {
    let ids = Set(contents.store.keys).union(contents.topic.keys).union(contents.index.keys)
    return ids.sorted().compactMap { id in
      let places = [("store", contents.store[id]), ("topic", contents.topic[id]), ("index", contents.index[id])]
      guard let shown = contents.index[id]?.members, places.allSatisfy({ $0.1 != nil }) else {
        let missing = places.filter { $0.1 == nil }.map(\.0).joined(separator: ", ")
        return "\(id) is not in \(missing): \(Self.text(places.compactMap(\.1).first))"
      }
      for member in shown {
        let values = places.map { $0.1?[member.name]?.ordered }
        if Set(values).count > 1 {
          let texts = zip(places, values).map { "\($0.0): \(Self.text($0.1?["version"])) \(Self.text($1))" }
          return "\(member.name) of \(id) differs: \(texts.joined(separator: "; "))"
        }
      }
      return nil
    }
  }

  private static func text(_ value: JSONValue?) -> String {
    value.map { String(decoding: $0.bytes, as: UTF8.self) } ?? "nothing"
  }

  /// What was acknowledged is there, at its version or a later one.
  var lostWrites: [String] {
    operations.compactMap { operation in
      guard operation.isWrite, case .done(let shown) = operation.outcome, let id = operation.task else { return nil }
      guard let version = contents.store[id]?["version"]?.int else { return "\(id) is gone: \(operation)" }
      guard let shown else { return nil }
      if version < shown.version { return "\(id) is at version \(version): \(operation)" }
      if operation.setsTitle, version - shown.version < 200, contents.titles[id]?[shown.version] != operation.mark {
        return "version \(shown.version) of \(id) is another's: \(operation)"
      }
      return nil
    }
  }

  /// What was refused is nowhere; nothing is there twice.
  var strayTitles: [String] {
    var places: [String: [String]] = [:]
    for (id, versions) in contents.titles {
      // An occurrence that a rule made begins with its source's title.
      for (version, title) in versions where version > 1 || !isMadeByRule(id) {
        places[title, default: []].append("\(id):\(version)")
      }
    }
    return operations.filter(\.setsTitle).compactMap { operation in
      let found = places[operation.mark] ?? []
      switch operation.outcome {
      case .refused, .conflict, .missing:
        return found.isEmpty ? nil : "\(operation) took place all the same: \(found)"
      case .done, .inDoubt: return found.count <= 1 ? nil : "\(operation) took place at \(found)"
      }
    }
  }

  /// The answers about each task fit to one order of its writes.
  var unfitHistories: [String] {
    let histories = Dictionary(grouping: operations.filter { $0.task != nil }, by: { $0.task ?? "" })
    var sources: [String: String] = [:]
    for dates in series.values {
      for (source, successors) in zip(dates, dates.dropFirst()) {
        for successor in successors { sources[successor["id"]?.string ?? ""] = source[0]["id"]?.string }
      }
    }
    return histories.keys.sorted().compactMap { id in
      let state = contents.store[id].flatMap { TaskState($0) }
      let last = Operation(
        action: .read, owner: "", mark: "the store at the end", task: id, invoked: readAt, answered: readAt,
        outcome: state.flatMap { $0.isDeleted ? nil : .done($0) } ?? .missing)
      let history = histories[id] ?? []
      let unasked = sources[id].map { self.unasked(of: id, history, source: histories[$0] ?? []) } ?? []
      return Linearizability(unasked + history + [last]).fault().map { "\(id): \($0)" }
    }
  }

  /// What befell an occurrence that a rule has made and nobody asked for by its id: that it was made; and that it was taken
  /// back and came again when its source was reopened and completed, which may be or not.
  private func unasked(of id: String, _ history: [Operation], source: [Operation]) -> [Operation] {
    guard let first = history.map(\.invoked).min(), let title = contents.titles[id]?[1] else { return [] }
    let made = Operation(
      action: .create, owner: "", mark: title, task: id, invoked: first, answered: first, outcome: .done(nil))
    let echoes = source.compactMap { operation -> Operation? in
      var echo = operation
      echo.outcome = .inDoubt
      switch operation.action {
      case .reopen: echo.action = .delete
      case .complete: echo.action = .restore
      default: return nil
      }
      return echo
    }
    return [made] + echoes
  }

  private func isMadeByRule(_ id: String) -> Bool { contents.store[id]?["occurrence"].map { !$0.isNull } ?? false }
}

/// Of series that have no end, whose next date follows from the date alone, and whose occurrences nobody deletes.
extension Promises {
  /// Each completed occurrence has a successor.
  var missingSuccessors: [String] {
    series.flatMap { id, dates in
      dates.indices.compactMap { index in
        guard let done = dates[index].first(where: { $0.isDone }), !done.isDeleted else { return nil }
        let next = index + 1 < dates.count ? dates[index + 1] : []
        if next.contains(where: { !$0.isDeleted }) { return nil }
        return "\(Self.text(done["id"])) of series \(id) is done and has no successor"
      }
    }
  }

  /// None has two, and one that was reopened has none, unless someone changed it before.
  var surplusSuccessors: [String] {
    let touched = Set(operations.compactMap(\.task))
    return series.flatMap { id, dates in
      dates.indices.compactMap { index in
        if dates[index].count > 1 {
          return "series \(id) has \(dates[index].count) occurrences at \(Self.text(dates[index][0]["due"]))"
        }
        guard index > 0, let task = dates[index].first, !task.isDeleted, let name = task["id"]?.string,
          !touched.contains(name), let source = dates[index - 1].first, !source.isDone, !source.isDeleted
        else { return nil }
        return "\(name) of series \(id) is there though \(Self.text(source["id"])) before it is open"
      }
    }
  }
}

extension Promises {
  /// What makes two records those of one reminder.
  private struct Reminder: Hashable {
    let task: JSONValue?
    let reminder: JSONValue?
  }

  private var deliveries: [Reminder: [TopicRecord]] {
    Dictionary(
      grouping: contents.reminders,
      by: { Reminder(task: $0.data["taskId"], reminder: $0.data["reminderId"]) })
  }

  /// Each that fell due has arrived, of tasks that nobody has tried to complete or delete. Only those at an instant are
  /// looked at.
  var missingReminders: [String] { missingReminders(by: contents.date) }

  private func missingReminders(by date: Date) -> [String] {
    let ended = Set(
      operations.filter { [.complete, .delete].contains($0.action) }.compactMap(\.task))
    let deliveries = deliveries
    return contents.store.flatMap { id, task in
      guard !ended.contains(id) else { return [String]() }
      return (task["reminders"]?.elements ?? []).compactMap { reminder in
        guard let text = reminder["at"]?.string, let at = try? Date(text, strategy: .iso8601), at <= date,
          reminder["missed"] != true, deliveries[Reminder(task: .string(id), reminder: reminder["id"])] == nil
        else { return nil }
        return "the reminder \(Self.text(reminder["id"])) of \(id), at \(text), has not arrived"
      }
    }
  }

  /// One that arrived twice has the same id, by which a receiver knows it.
  var doubledReminders: [String] {
    deliveries.values.compactMap { records in
      let ids = Set(records.map { $0.event["id"] } + records.map { $0.data["deliveryId"] })
      return ids.count > 1 ? "\(Self.text(records[0].data["taskId"])) has the deliveries \(ids.map(Self.text))" : nil
    }
  }
}

extension Promises {
  /// Who listens hears of the last version of each of their tasks and of each reminder, however often the stream ends.
  var unheard: [String] {
    feeds.flatMap { feed in
      let heard = feed.heard
      let tasks = contents.topic.filter { $0.value["owner"] == .string(feed.owner) }.compactMap { id, task in
        let version = task["version"]?.int ?? 0
        return heard.versions[id] == version
          ? nil : "\(feed.owner) heard of \(id) version \(heard.versions[id] ?? 0), it is at \(version)"
      }
      let reminders = contents.reminders.filter { $0.data["owner"] == .string(feed.owner) }
        .map { [$0.data["taskId"]?.string, $0.data["reminderId"]?.string] }
        .filter { !heard.reminders.contains($0) }.map { "\(feed.owner) did not hear of the reminder \($0)" }
      return tasks + reminders + (heard.resets > 0 ? ["\(feed.owner) was reset \(heard.resets) times"] : [])
    }
  }
}

extension JSONValue {
  fileprivate var isDone: Bool { self["status"] == "done" }
  fileprivate var isDeleted: Bool { self["deletedAt"].map { !$0.isNull } ?? false }

  /// The same with the members of all objects by their names: daprd orders what it passes on.
  fileprivate var ordered: JSONValue {
    switch self {
    case .object(let members):
      .object(members.sorted { $0.name < $1.name }.map { Member($0.name, $0.value.ordered) })
    case .array(let elements): .array(elements.map(\.ordered))
    case .null, .bool, .int, .double, .number, .string: self
    }
  }
}
