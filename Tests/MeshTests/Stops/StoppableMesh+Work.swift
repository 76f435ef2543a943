import Daemon
import Foundation
import JSON
import Testing

/// What a stoppable mesh is given to do.
extension StoppableMesh {
  /// Callers, two for each owner, write and take every first answer. When some have been acknowledged the point is armed;
  /// they stop at the death there.
  func write(upTo point: StopPoint) async throws {
    let before = acknowledged
    try await withThrowingTaskGroup { group in
      for owner in Self.owners + Self.owners {
        let caller = try caller()
        group.addTask { while !Task.isCancelled { await Self.use(caller, as: owner) } }
      }
      try await until("writes are acknowledged") { acknowledged >= before + 30 }
      try arm(point)
      try await death(at: point)
      group.cancelAll()
      try await group.waitForAll()
    }
  }

  private var acknowledged: Int { LedgerCounts(ledger.operations).acknowledged }

  private static func use(_ caller: Caller, as owner: String) async {
    let made = await caller.perform(.create, owner: owner, patience: .firstAnswer)
    guard let id = made.operation.task else { return }
    for action in [Operation.Action.patch(ifMatch: nil), .complete, .reopen, .delete, .restore] {
      if Task.isCancelled { return }
      await caller.perform(action, on: id, owner: owner, patience: .firstAnswer)
    }
  }

  /// Two callers patch one task, each by another replica, up to a death.
  func changeOneTaskByTwoReplicas(upTo point: StopPoint) async throws {
    let callers = try [caller(), caller(replica: 1)]
    let owner = Self.owners[0]
    let made = await callers[0].perform(.create, owner: owner, patience: .until(.now + .seconds(20)))
    let id = try #require(made.operation.task)
    try arm(point)
    try await withThrowingTaskGroup { group in
      for caller in callers {
        group.addTask {
          while !Task.isCancelled {
            await caller.perform(.patch(ifMatch: nil), on: id, owner: owner, patience: .firstAnswer)
          }
        }
      }
      try await death(at: point)
      group.cancelAll()
      try await group.waitForAll()
    }
  }

  func createOne() async throws {
    try await caller().perform(.create, owner: Self.owners[0], patience: .firstAnswer)
  }

  /// Leaves the names of many tasks in the slots of the first replica's journal.
  func fillSlots() async throws {
    let operations = (0..<100).map { number -> JSONValue in
      ["op": "create", "task": ["title": .string("one of many: \(number)")]]
    }
    let answer = try await mesh.call(
      .post, "/tasks/batch", ["operations": .array(operations)], owner: Self.owners[0])
    #expect(answer["results"]?.elements?.allSatisfy { $0["status"] == 201 } == true)
  }

  /// Makes a series for each owner and completes its first occurrence.
  func completeSeries() async throws {
    let caller = try caller()
    for owner in Self.owners {
      let made = await caller.perform(
        .create,
        more: [
          .init("due", "2035-05-10T09:00:00"), .init("timeZone", "Europe/Berlin"),
          .init("recurrence", ["rule": "FREQ=DAILY"]),
        ], owner: owner, patience: .until(.now + .seconds(20)))
      let id = try #require(made.operation.task)
      await caller.perform(.complete, on: id, owner: owner, patience: .until(.now + .seconds(20)))
    }
  }

  /// Sets the owners' shards back to where they would stand if no notifier had run for five minutes.
  func setWatermarksBack() throws {
    let records = try mesh.records(of: "task-events")
    let token = try mesh.secret("dapr-api-token")
    let watermark = JSONValue.object([.init("watermark", .string(Moment(in: -300).text))])
    for owner in Self.owners {
      let record = try #require(records.first { $0.data["owner"] == .string(owner) })
      let body = JSONValue.array([["key": .string("due/\(record.partition)"), "value": watermark]])
      let answer = try shell(
        """
        curl -s -o /dev/null -w '%{http_code}' -H 'dapr-api-token: \(token)' \
          -d '\(String(decoding: body.bytes, as: UTF8.self))' \
          http://127.0.0.1:\(3503 + mesh.portOffset)/v1.0/state/statestore
        """)
      #expect(answer == "204")
    }
  }

  /// Reminders under way, and who listens for them.
  struct Reminders {
    fileprivate var tasks: [(id: String, listener: Listener)] = []

    func expectEachArrivesOnce() async throws {
      for task in tasks { _ = try await task.listener.reminder(of: task.id, within: .seconds(20)) }
      for task in tasks {
        let arrived = task.listener.events("reminder").filter { $0["taskId"] == .string(task.id) }
        #expect(arrived.count == 1, "\(arrived)")
        await task.listener.close()
      }
    }
  }

  /// Makes a task with a reminder for each owner.
  func remind() async throws -> Reminders {
    let caller = try caller()
    var reminders = Reminders()
    for owner in Self.owners {
      let listener = try await Listener(mesh, owner: owner)
      let made = await caller.perform(
        .create, more: [.init("reminders", [["at": .string(Moment(in: 1).text)]])], owner: owner,
        patience: .until(.now + .seconds(20)))
      reminders.tasks.append((try #require(made.operation.task), listener))
    }
    return reminders
  }
}
