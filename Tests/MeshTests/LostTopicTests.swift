import JSON
import Testing

@Suite(.timeLimit(.minutes(5))) struct LostTopicTests {
  /// The broker's disk is lost, and the store has forgotten a task meanwhile.
  @Test func aLostKafkaLeavesEverythingInTheListsUntilTheStoreSaysWhatIsGone() async throws {
    let before = try await Mesh.start()
    let stays = try await before.create("Stays")
    let goes = try await before.create("Goes")
    let id = try #require(goes["id"]?.string)
    _ = try await before.call(.get, "/tasks?after=\(goes.token)")
    await before.stop()
    _ = try shell(
      "rm \(before.data)/broker.sqlite* && sqlite3 \(before.data)/state.sqlite \"DELETE FROM state WHERE key LIKE '%task/\(id)'\""
    )

    let mesh = try await Mesh.start(data: before.data, portOffset: before.portOffset)
    let first = try await mesh.call(.get, "/tasks")
    #expect(first.status == 200 && first["total"] == .int(2))
    try await until("what is gone goes") { try await mesh.call(.get, "/tasks")["total"] == .int(1) }
    #expect(try await mesh.call(.get, "/tasks")["items"]?.elements == [stays.body])
    try await until("the new topic holds what the store holds") {
      let records = try mesh.records(of: "task-events")
      return records.contains { $0.data["id"] == stays["id"] } && records.contains { $0.key == id && $0.event == .null }
    }
    let later = try await mesh.create("Later")
    #expect(try await mesh.call(.get, "/tasks?after=\(later.token)")["total"] == .int(2))
    await mesh.discard()
  }
}
