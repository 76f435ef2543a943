import Testing

@Suite(.timeLimit(.minutes(5))) struct BrokerTests {
  @Test func kcatFindsTheTopicsAndWhatItWroteSurvivesAKill() async throws {
    let first = try await Mesh.start()
    let kcat = "kcat -b 127.0.0.1:\(9092 + first.portOffset)"
    let topics = try shell("\(kcat) -L")
    for topic in ["task-events", "task-reminders", "task-events-dead"] {
      #expect(topics.contains("topic \"\(topic)\" with 64 partitions"), "\(topics)")
    }
    #expect(try shell("echo 'a:1' | \(kcat) -P -t task-reminders -p 7 -K :") == "")
    await first.killSupervisor()
    let second = try await Mesh.start(data: first.data, portOffset: first.portOffset)
    #expect(try shell("\(kcat) -C -t task-reminders -p 7 -e -q -f '%o %k %s\\n'") == "0 a 1\n")
    await second.discard()
  }

  @Test func aBrokerThatWasClosedComesBack() async throws {
    let faults = try Faults()
    let mesh = try await Mesh.start(environment: faults.environment)
    let list = "kcat -b 127.0.0.1:\(9092 + mesh.portOffset) -L -m 1"
    try faults.close("broker")
    try await until("the broker is away") { try !shell(list).contains("64 partitions") }
    try faults.open("broker")
    try await until("the broker is back") { try shell(list).contains("64 partitions") }
    faults.discard()
    await mesh.discard()
  }
}
