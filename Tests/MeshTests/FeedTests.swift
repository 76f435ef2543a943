import HTTP2Transport
import JSON
import Testing

/// `GET /events` over topics that hold what another program has written, dated by it.
@Suite(.timeLimit(.minutes(5))) struct FeedTests {
  /// Produces reminders, or old tasks' records, to the partition of the owner `local`.
  private static let produce = """
    import json, time
    from confluent_kafka import Producer
    producer = Producer({'bootstrap.servers': sys.argv[1]})
    topic, age, ids = sys.argv[2], float(sys.argv[3]), sys.argv[4].split(',')
    for i, id in enumerate(ids):
        data = {'deliveryId': id, 'taskId': 't', 'owner': 'local'} if topic == 'task-reminders' else 'a mark'
        value = {'specversion': '1.0', 'id': id, 'source': 'test', 'type': 'test', 'data': data}
        producer.produce(topic, key=id, value=json.dumps(value), partition=8, timestamp=int((time.time() - age) * 1000))
        if i % 100 == 0: producer.flush(10)
    print(producer.flush(10), end='')
    """

  private static func write(_ ids: [String], to topic: String, secondsOld: Int = 0, _ mesh: Mesh) throws {
    #expect(try mesh.python(produce, topic, "\(secondsOld)", ids.joined(separator: ",")) == "0")
  }

  @Test func anIDThatIsOlderThanSixDaysIsAnsweredByAReset() async throws {
    let mesh = try await Mesh.start()
    let day = 86_400
    try Self.write(["a"], to: "task-events", secondsOld: 5 * day, mesh)
    let young = try await Listener(mesh, lastEventID: "8-0-0")
    let first = try await mesh.create("First")
    _ = try await young.event("the task", "task") { $0.task == first.body }
    #expect(young.events("reset").isEmpty)
    try Self.write(["b"], to: "task-events", secondsOld: 6 * day + 60, mesh)
    let old = try await Listener(mesh, lastEventID: "8-0-0")
    let reset = try await old.event("a reset", "reset") { _ in true }
    let second = try await mesh.create("Second")
    _ = try await old.event("the task", "task") { $0.task == second.body }
    // So is one of a reminder.
    try Self.write(["c"], to: "task-reminders", secondsOld: 6 * day + 60, mesh)
    let older = try await Listener(mesh, lastEventID: reset.id)
    _ = try await older.event("a reset", "reset") { _ in true }
    for listener in [young, old, older] { await listener.close() }
    await mesh.discard()
  }

  /// Sent, then task-api ends, then sent again by a firer that died before its mark.
  @Test func aDeliveryOfTheLastHourIsNotSentAgainAfterARestart() async throws {
    let mesh = try await Mesh.start()
    try Self.write(["first"], to: "task-reminders", secondsOld: 3_000, mesh)
    try Self.write((0..<700).map { "other-\($0)" }, to: "task-reminders", secondsOld: 2_000, mesh)
    try await mesh.killDaemon("task-api")
    try await until("task-api is back") {
      (try? await mesh.api.send(HTTPRequest(.get, "/readyz"), deadline: .seconds(5)).status) == 200
    }
    let listener = try await Listener(mesh)
    try Self.write(["first", "last"], to: "task-reminders", mesh)
    _ = try await listener.event("a reminder", "reminder") { $0["deliveryId"] == "last" }
    #expect(listener.events("reminder").count == 1)
    await listener.close()
    await mesh.discard()
  }
}
