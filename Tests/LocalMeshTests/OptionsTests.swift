import Testing

@testable import LocalMesh

@Suite struct OptionsTests {
  @Test func everyOptionIsRead() throws {
    let options = try Options([
      "--bin", "b", "--data", "d", "--port-offset", "100", "--replicas", "task-api=2,notifier=3", "--cors",
      "http://a", "--cors", "http://b", "--restart-step", "20",
    ])
    #expect(options.bin == "b" && options.data == "d" && options.portOffset == 100)
    #expect(options.replicas == ["task-api": 2, "notifier": 3])
    #expect(options.restartStep == .milliseconds(20))
    #expect(options.corsOrigins == ["http://a", "http://b"])
  }

  @Test(arguments: [
    (["--bin"], "--bin needs a value"), (["--port-offset", "x", "--bin", "b"], "--port-offset takes a number"),
    (["--replicas", "task-api", "--bin", "b"], "--replicas takes app=N"), (["--what"], "there is no option --what"),
    ([], "--bin is missing"),
  ])
  func aFaultNamesItsOption(arguments: [String], message: String) throws {
    let fault = #expect(throws: Options.Fault.self) { try Options(arguments) }
    #expect(fault?.description.contains(message) == true)
  }
}
