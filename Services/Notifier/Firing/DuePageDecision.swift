import Recurrence

/// What is to become of the due entries of one page, decided by the tasks as they are now.
struct DuePageDecision: Sendable {
  /// An entry that needs no page any more.
  struct Settled: Sendable {
    let entry: DueEntry
    /// Sent, now or before; else its task is done, deleted or moved, and it fires nothing.
    let isDelivered: Bool
    /// Of what was sent and is not marked yet.
    var deliveryID: String?

    var reminder: TimedReminder { TimedReminder(reminder: entry.reminder, at: entry.at) }
  }

  /// To be sent, in the order of the page.
  var toSend: [(entry: DueEntry, event: ReminderEvent)] = []
  /// Nothing is to be sent for these.
  var settled: [Settled] = []

  /// - Parameters:
  ///   - tasks: those that are there, by id.
  ///   - records: those that are there, by task id.
  ///   - wasSent: whether a delivery was sent though its mark is missing.
  init(
    _ due: [DueEntry], tasks: [String: RemindedTask], records: [String: ReminderRecord], now: Instant,
    wasSent: (String) -> Bool
  ) {
    for entry in due {
      let reminder = TimedReminder(reminder: entry.reminder, at: entry.at)
      let isMarked = records[entry.task]?.delivered.contains(reminder) ?? false
      guard !isMarked, let task = tasks[entry.task], task.pending.contains(reminder) else {
        settled.append(Settled(entry: entry, isDelivered: isMarked))
        continue
      }
      let event = ReminderEvent(reminder, of: task, at: now)
      if wasSent(event.deliveryID) {
        settled.append(Settled(entry: entry, isDelivered: true, deliveryID: event.deliveryID))
      } else {
        toSend.append((entry, event))
      }
    }
  }
}
