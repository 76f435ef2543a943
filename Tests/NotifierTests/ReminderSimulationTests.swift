import Recurrence
import SeededRandom
import TaskModel
import Testing

@testable import Notifier

/// Half an hour of edits, doubled, late and disordered events, rivals and two replicas.
@Suite struct ReminderSimulationTests {
  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func eachReminderThatStandsFiresOnceAndNoOther(_ seed: UInt64) async throws {
    let world = try World()
    var random = SplitMix(seed: seed)
    world.store.haveRivals(percent: 20, seed: seed)
    let replicas = [world.replica("a"), world.replica("b")]
    let owners = ["alice", "bob", "local"]
    var tasks: [String: TaskItem] = [:]
    var underWay: [TaskItem] = []
    let start = world.now
    for second in 0..<1800 {
      world.pass(seconds: 1)
      if second < 1200, random.next() % 3 == 0 {
        let id = "t\(random.next() % 40)"
        var task = tasks[id] ?? world.task(id, owner: owners[Int(random.next() % 3)], version: 0, reminders: [])
        task.version += 1
        let wasDone = task.status == .done
        task.status = random.next() % 8 == 0 ? .done : .open
        if random.next() % 2 == 0 || task.version == 1 {
          task.reminders = (0..<Int(random.next() % 3)).map { number in
            let at = start.adding(seconds: second + Int(random.next() % 400) - 20)
            return TaskReminder(id: "r\(number)", time: .at(at), isMissed: at <= world.now)
          }
        } else if wasDone, task.status == .open {
          for index in task.reminders.indices {
            guard case .at(let at) = task.reminders[index].time, at <= world.now else { continue }
            task.reminders[index].isMissed = true
          }
        }
        tasks[id] = task
        world.save(task)
        underWay.append(task)
        if random.next() % 4 == 0 { underWay.append(task) }
      }
      if random.next() % 4 == 0 {
        let batch = underWay.shuffled(using: &random).prefix(Int(random.next() % 6))
        for task in batch {
          guard let index = underWay.firstIndex(of: task) else { continue }
          underWay.remove(at: index)
        }
        let statuses = try await world.deliver(Array(batch), to: replicas[Int(random.next() % 2)])
        for (task, status) in zip(batch, statuses) where status != "SUCCESS" { underWay.append(task) }
      }
      for replica in replicas {
        await replica.leases.keep()
        if random.next() % 10 != 0 { await replica.firer.tick() }
      }
    }
    _ = try await world.deliver(underWay, to: replicas[0])
    await world.run(replicas[0], replicas[1], seconds: 60)

    let fired = world.broker.reminders.compactMap { $0.text("deliveryId") }
    #expect(Set(fired).count == fired.count, "a delivery was doubled")
    #expect(!fired.isEmpty)
    for task in tasks.values {
      for reminder in RemindedTask(task, zones: ZoneDatabase()).pending {
        let id = ReminderEvent.deliveryID(task: task.id, reminder: reminder, dueAt: task.dueAt)
        #expect(fired.contains(id), "\(task.id) v\(task.version) \(reminder) was lost")
      }
    }
  }
}
