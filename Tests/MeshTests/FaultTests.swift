import JSON
import Testing

/// A part of the mesh that is away for a while: what was acknowledged is kept, what follows from it comes later.
@Suite(.timeLimit(.minutes(5))) struct FaultTests {
  @Test func successorsComeOnceTheEnginesSidecarIsBack() async throws {
    let faults = try Faults()
    let mesh = try await Mesh.start(environment: faults.environment)
    let listener = try await Listener(mesh)
    let ids = [try await mesh.recurring("FREQ=DAILY"), try await mesh.recurring("FREQ=WEEKLY")]
    try faults.close("sidecar-recurrence-engine")
    try await until("the sidecar is away") { try mesh.code(3502, "/v1.0/healthz/outbound") == "000" }
    for id in ids { _ = try await mesh.complete(id) }
    #expect(try await mesh.create("Other things go on").status == 201)
    try await Task.sleep(for: .seconds(1))
    #expect(try ids.allSatisfy { try mesh.members(of: $0).count == 1 })
    try faults.open("sidecar-recurrence-engine")
    for id in ids { _ = try await listener.successor(of: id, in: id) }
    try await mesh.passTheEngine(listener)
    for id in ids { #expect(try mesh.members(of: id).count == 2) }
    await listener.close()
    await mesh.discard()
    faults.discard()
  }

  @Test func anEngineThatCannotReachTaskAPITriesAgain() async throws {
    let faults = try Faults()
    let mesh = try await Mesh.start(environment: faults.environment)
    let listener = try await Listener(mesh)
    let id = try await mesh.recurring("FREQ=DAILY")
    // The completion reaches the engine when it has nobody to turn to.
    try faults.close("sidecar-recurrence-engine")
    try await until("its sidecar is away") { try mesh.code(3502, "/v1.0/healthz/outbound") == "000" }
    _ = try await mesh.complete(id)
    try faults.close("sidecar-task-api")
    try await until("task-api's sidecar is away") { try mesh.code(3500, "/v1.0/healthz/outbound") == "000" }
    try faults.open("sidecar-recurrence-engine")
    try await until("the engine has failed") { mesh.output.contains("next occurrences could not be made") }
    try faults.open("sidecar-task-api")
    _ = try await listener.successor(of: id, in: id)
    #expect(try mesh.members(of: id).count == 2)
    await listener.close()
    await mesh.discard()
    faults.discard()
  }

  @Test func remindersComeOnceTheNotifiersSidecarIsBack() async throws {
    let faults = try Faults()
    let mesh = try await Mesh.start(environment: faults.environment)
    let listener = try await Listener(mesh)
    let set = try await mesh.reminding("Set before", [["at": .string(Moment(in: 2).text)]])
    try faults.close("sidecar-notifier")
    try await until("the sidecar is away") { try mesh.code(3503, "/v1.0/healthz/outbound") == "000" }
    let during = try await mesh.reminding("Set while it is away", [["at": .string(Moment(in: 1).text)]])
    try await Task.sleep(for: .seconds(4))
    #expect(listener.events("reminder").isEmpty)
    try faults.open("sidecar-notifier")
    for id in [set.id, during.id] { _ = try await listener.reminder(of: id) }
    #expect(listener.events("reminder").count == 2)
    await listener.close()
    await mesh.discard()
    faults.discard()
  }

  @Test func withTheBrokerAwayNothingAcknowledgedIsLost() async throws {
    let faults = try Faults()
    let mesh = try await Mesh.start(environment: faults.environment)
    let listener = try await Listener(mesh)
    let id = try await mesh.recurring("FREQ=DAILY")
    let reminded = try await mesh.reminding("Falls due meanwhile", [["at": .string(Moment(in: 2).text)]])
    try faults.close("broker")
    try await until("the broker is away") {
      try shell("kcat -b \(mesh.broker) -L -m 1").contains("64 partitions") == false
    }
    var acknowledged: [String] = []
    // Each is refused in so many words, or waits and is stored.
    let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
      for number in 0..<20 { group.addTask { try await mesh.create("\(number)") } }
      group.addTask { try await mesh.call(.post, "/tasks/\(id)/complete") }
      try await Task.sleep(for: .seconds(3))
      try faults.open("broker")
      return try await group.reduce(into: [Answer]()) { $0.append($1) }
    }
    for answer in answers {
      switch answer.status {
      case 200, 201: acknowledged.append(try #require(answer["id"]?.string))
      default: #expect(answer.status == 503 && answer.headers["retry-after"] != nil, "\(answer)")
      }
    }
    try await until("writes are taken again") { try await mesh.create("After").status == 201 }
    try await until("the task is done") { try await mesh.call(.post, "/tasks/\(id)/complete").status == 200 }
    _ = try await listener.successor(of: id, in: id)
    _ = try await listener.reminder(of: reminded.id)
    #expect(listener.events("reminder").count == 1)
    #expect(try mesh.members(of: id).count == 2)
    let published = Set(try mesh.records(of: "task-events").map(\.key))
    for id in acknowledged {
      #expect(published.contains(id))
      #expect(try await mesh.call(.get, "/tasks/\(id)").status == 200)
    }
    await listener.close()
    await mesh.discard()
    faults.discard()
  }
}

extension Mesh {
  /// The status of a GET, `000` where nobody answers.
  func code(_ port: Int, _ path: String) throws -> String {
    try shell("curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:\(port + portOffset)\(path)")
  }
}
