import EventLoop
import HTTP2Transport

/// One load of one operation on one service.
struct Phase: Sendable {
  let load: Load
  let operation: Operation
  var users = Load.users
  let duration: Duration
  /// An answer that comes later is an error.
  static let patience: Duration = .seconds(5)

  struct Sample: Sendable {
    var latencies = Latencies()
    /// Of answers that say when to come again: 503 with `Retry-After`.
    var refusals = Latencies()
    /// Everything else.
    var errors = 0
    /// From the phase's beginning to its last answer, at least its duration.
    var elapsed: Duration = .zero

    mutating func add(_ other: Sample) {
      latencies.add(other.latencies)
      refusals.add(other.refusals)
      errors += other.errors
      elapsed = max(elapsed, other.elapsed)
    }
  }

  /// Opens a connection for each user by a request that does not count, then runs the load over them.
  func run(on service: some Service, loop: EventLoop, connect: @Sendable () -> any Client) async -> Sample {
    let clients = (0..<users).map { _ in connect() }
    await each(clients, loop) { [service] client, _ in
      _ = await client.send(service.request(.get, 0), deadline: Self.patience)
    }
    let schedule = Schedule(load, users: users, duration: duration)
    let beginning = ContinuousClock.now
    var total = Sample(elapsed: duration)
    for sample in await each(
      clients, loop,
      { [self, service] client, user in
        await run(user, client, schedule, service, since: beginning)
      })
    {
      total.add(sample)
    }
    await each(clients, loop) { client, _ in await client.close() }
    return total
  }

  @discardableResult
  private func each<Value: Sendable>(
    _ clients: [any Client], _ loop: EventLoop, _ body: @escaping @Sendable (any Client, Int) async -> Value
  ) async -> [Value] {
    await withTaskGroup(of: Value.self) { group in
      for (user, client) in clients.enumerated() {
        group.addTask(executorPreference: loop) { await body(client, user) }
      }
      var values: [Value] = []
      for await value in group { values.append(value) }
      return values
    }
  }

  private func run(
    _ user: Int, _ client: any Client, _ schedule: Schedule, _ service: some Service,
    since beginning: ContinuousClock.Instant
  ) async -> Sample {
    var sample = Sample()
    var now = beginning.duration(to: .now)
    var isFirst = true
    while let (number, at) = schedule.take(user: user, now: now, isFirst: isFirst) {
      isFirst = false
      if at > now { try? await Task.sleep(until: beginning + at, tolerance: .zero) }
      let start = schedule.countsFromSchedule ? at : beginning.duration(to: .now)
      let left = Self.patience - (beginning.duration(to: .now) - start)
      let answer = left > .zero ? await client.send(service.request(operation, number), deadline: left) : .none
      now = beginning.duration(to: .now)
      switch answer.status {
      case operation.expectedStatus: sample.latencies.add(now - start)
      case 503 where answer.headers["retry-after"] != nil: sample.refusals.add(now - start)
      default: sample.errors += 1
      }
      sample.elapsed = now
    }
    return sample
  }
}
