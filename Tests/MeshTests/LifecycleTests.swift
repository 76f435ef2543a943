import EventLoop
import Foundation
import HTTP2Transport
import JSON
import Testing

@Suite(.timeLimit(.minutes(5))) struct LifecycleTests {
  @Test func aSecondMeshOnTheSameDataFindsEverything() async throws {
    let first = try await Mesh.start()
    let id = try #require(try await first.create("Kept")["id"]?.string)
    let began = ContinuousClock.now
    #expect(await first.stop() == .code(0))
    #expect(began.duration(to: .now) < .seconds(5))
    let second = try await Mesh.start(data: first.data, portOffset: first.portOffset)
    #expect(try await second.call(.get, "/tasks/\(id)")["title"] == .string("Kept"))
    await second.discard()
  }

  @Test func killingTheSupervisorEndsItsDaemonsAndLosesNothing() async throws {
    let first = try await Mesh.start()
    let id = try #require(try await first.create("Kept")["id"]?.string)
    let port = 8080 + first.portOffset
    await first.killSupervisor()
    let killed = ContinuousClock.now
    try await until("task-api ends", within: .seconds(10)) {
      try shell("curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:\(port)/healthz") == "000"
    }
    #expect(killed.duration(to: .now) < .seconds(1))
    let second = try await Mesh.start(data: first.data, portOffset: first.portOffset)
    #expect(try await second.call(.get, "/tasks/\(id)")["title"] == .string("Kept"))
    await second.discard()
  }

  @Test func aDaemonThatIsKilledComesBackAtOnce() async throws {
    let mesh = try await Mesh.start()
    let id = try #require(try await mesh.create("Kept")["id"]?.string)
    _ = try shell("pkill -9 -P \(mesh.supervisor) -f task-api")
    let killed = ContinuousClock.now
    var answer: Answer?
    while answer?.status != 200 {
      try #require(killed.duration(to: .now) < .seconds(10))
      answer = try? await mesh.call(.get, "/tasks/\(id)")
    }
    #expect(mesh.output.contains("ended by signal 9; starting it again"))
    await mesh.discard()
  }

  @Test func aTakenPortIsSaid() async throws {
    let first = try await Mesh.start()
    let failure = await #expect(throws: Mesh.Failure.self) {
      _ = try await Mesh.start(portOffset: first.portOffset)
    }
    #expect(failure?.description.contains("port \(9092 + first.portOffset), for the broker, is taken") == true)
    await first.discard()
  }

  @Test func dataInUseAreSaid() async throws {
    let first = try await Mesh.start()
    let failure = await #expect(throws: Mesh.Failure.self) { _ = try await Mesh.start(data: first.data) }
    #expect(failure?.description.contains("is in use by another mesh") == true)
    await first.discard()
  }

  @Test func aBrokenComponentFileIsSaidWithItsPlace() async throws {
    let root = try RunFolder()
    try Data("kind: Component\nmetadata: {name: a}\nspec: {typ: x}\n".utf8)
      .write(to: URL(fileURLWithPath: root.path + "/compose/components/broken.yaml"))
    let failure = await #expect(throws: Mesh.Failure.self) { _ = try await Mesh.start(root: root.path) }
    #expect(failure?.description.contains("broken.yaml:3:8: the key \"typ\" is not known here") == true)
    root.discard()
  }
}
