import Glibc

/// Where a process may be made to die, for the tests of what is kept then: at each step at which something has been done and
/// what belongs to it has not. A name here is what `TASKMESH_STOP_AT` calls it.
///
/// Debug builds alone: elsewhere ``reach(_:)`` is nothing.
public enum StopPoint: String, CaseIterable, Sendable {
  // A write, in task-api.
  case transactionReady = "transaction-ready"
  case transactionCommitted = "transaction-committed"
  case eventsPublished = "events-published"
  /// An answer that is on its way may have left, or not.
  case callersResumed = "callers-resumed"
  /// The slot of a transaction in doubt has been rewritten.
  case slotRewritten = "slot-rewritten"
  case journalRenewed = "journal-renewed"

  // A takeover of a dead process's journal.
  case journalClaimed = "journal-claimed"
  case slotsFenced = "slots-fenced"
  /// Some of the tasks that the slots name, where they are many.
  case someRepublished = "some-republished"
  case allRepublished = "all-republished"

  // Indexing.
  case rowsWritten = "rows-written"
  case rowsCommitted = "rows-committed"

  // A next occurrence: in recurrence-engine, but for the one in task-api.
  case successorDecided = "successor-decided"
  case successorStored = "successor-stored"
  case successorAnswered = "successor-answered"

  // Reminders, in notifier.
  case shardRenewed = "shard-renewed"
  case scheduleReady = "schedule-ready"
  case scheduleStored = "schedule-stored"
  case reminderDecided = "reminder-decided"
  case reminderSent = "reminder-sent"
  case reminderMarked = "reminder-marked"
  case watermarkReady = "watermark-ready"
  case watermarkMoved = "watermark-moved"

  /// Ends the process as `kill -9` does, if its environment says so.
  @inlinable public static func reach(_ point: StopPoint) {
    #if DEBUG
      point.stopIfOrdered()
    #endif
  }

  #if DEBUG
    private static let order = ProcessEnvironment.variables[StopOrder.key].flatMap(StopOrder.init)

    @usableFromInline func stopIfOrdered() {
      if Self.order?.takes(self) == true { kill(getpid(), SIGKILL) }
    }
  #endif
}

#if DEBUG
  /// The value of `TASKMESH_STOP_AT`: `<point>[,<point>…][@<folder>]`. With a folder a process stops only while a file of the
  /// point's name lies there, and takes it away, so that the next process does not stop there too.
  struct StopOrder: Sendable, Equatable {
    static let key = "TASKMESH_STOP_AT"

    let points: Set<StopPoint>
    let folder: String?

    /// nil for what is no such value.
    init?(_ text: String) {
      let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
      var points: Set<StopPoint> = []
      for name in parts[0].split(separator: ",", omittingEmptySubsequences: false) {
        guard let point = StopPoint(rawValue: String(name)) else { return nil }
        points.insert(point)
      }
      if parts.count == 2, parts[1].isEmpty { return nil }
      self.points = points
      folder = parts.count == 2 ? String(parts[1]) : nil
    }

    func takes(_ point: StopPoint) -> Bool {
      guard points.contains(point) else { return false }
      guard let folder else { return true }
      // Of several processes that come here at once one alone takes the file.
      return unlink("\(folder)/\(point.rawValue)") == 0
    }

    /// Declares the setting, which ``StopPoint/reach(_:)`` reads by itself: what may die anywhere is handed nothing.
    static func declare(in reader: inout SettingsReader) {
      let names = StopPoint.allCases.map(\.rawValue).joined(separator: ", ")
      let _: StopOrder? = reader.value(
        key, default: nil, text: "",
        expected: "one or more of \(names), perhaps with @<folder>",
        "where to die as by kill -9, in debug builds: <point>[,<point>…][@<folder>]"
      ) { StopOrder($0).map(Optional.some) }
    }
  }
#endif
