import Recurrence
import SQLite
import TaskModel

extension IndexWriter {
  /// How long a deleted task can be restored, and how long after its purge nothing of it comes back.
  private static let secondsInTrash = 30 * 86_400
  private static let secondsRemembered = 30 * 86_400

  /// Begins partitions anew: their positions are where the new topic begins, and each row of their owners is in doubt until
  /// the topic has shown it.
  func renew(_ positions: [PartitionPosition], now: Instant) throws {
    try connection.transaction {
      for position in positions { try Positions.save(position, to: connection) }
      let renewed = Set(positions.map(\.partition))
      let owners = try connection.all("SELECT number, name FROM owner") { (number: $0.int(0), name: $0.text(1)) }
      for owner in owners where renewed.contains(Int32(OwnerPartition.of(owner.name))) {
        try Doubts.addUnmet(owner: owner.number, now, to: connection)
      }
    }
  }

  /// What task-api is to be asked by now.
  /// - Parameters:
  ///   - inverted: how many questions may be for the topic's order.
  ///   - limit: of all.
  func questions(now: Instant, inverted: Int, limit: Int) throws -> [Doubts.Question] {
    try connection.transaction {
      try Doubts.addExpired(
        deletedBy: now.adding(seconds: -Self.secondsInTrash), limit: limit, now, to: connection)
      try Purges.forget(before: now.adding(seconds: -Self.secondsRemembered), in: connection)
      var questions = try Doubts.questions(.inverted, now: now, limit: inverted, in: connection)
      for reason in [Doubts.Reason.expired, .unmet] {
        questions += try Doubts.questions(reason, now: now, limit: limit - questions.count, in: connection)
      }
      return questions
    }
  }

  /// - Parameters:
  ///   - postponed: what is to be asked again if nothing comes of it until then.
  ///   - cleared: what is not in doubt any more.
  func settle(postponed: [IndexedID: Instant], cleared: [IndexedID]) throws {
    try connection.transaction {
      for (id, time) in postponed { try Doubts.postpone(id, until: time, in: connection) }
      for id in cleared { try Doubts.clear(id, in: connection) }
    }
  }
}
