import JSONLog
import Testing

@testable import Daemon

struct SampleSettings: DaemonSettings {
  static let defaultPort: UInt16 = 8099
  let kafka: String
  let shards: Int
  let retention: Duration
  let mode: Int
  let origins: [String]

  init(from reader: inout SettingsReader) {
    kafka = reader.string("TASKMESH_KAFKA", default: "127.0.0.1:9092", "broker")
    shards = reader.int("TASKMESH_SHARDS", default: 1, in: 1...64, "number of shards")
    retention = reader.duration("TASKMESH_RETENTION", default: .milliseconds(1500), "how long")
    mode = reader.choice("TASKMESH_MODE", default: "fast", ["fast": 1, "safe": 2], "which way")
    origins = reader.list("TASKMESH_ORIGINS", "whom to trust")
  }
}

@Suite struct SettingsTests {
  private func invoke(_ environment: [String: String], _ arguments: String...) -> Invocation<SampleSettings> {
    Invocation(name: "sample", arguments: arguments, environment: environment)
  }

  @Test func defaultsHoldWhenNothingIsSet() {
    guard case .run(let base, let settings) = invoke(["HOME": "/root", "TASKMESH_KAFKA": ""]) else {
      Issue.record("refused")
      return
    }
    #expect(base.port == 8099)
    #expect(base.daprPort == 3500)
    #expect(base.drain == .seconds(20))
    #expect(base.parent == nil && base.daprAPIToken == nil && base.logFormat == nil)
    #expect(base.logLevel == .info)
    #expect(settings.kafka == "127.0.0.1:9092")
    #expect(settings.retention == .milliseconds(1500))
    #expect(settings.mode == 1)
    #expect(settings.origins == [])
  }

  @Test func whatIsSetIsRead() {
    let invocation = invoke([
      "APP_PORT": "0", "DAPR_HTTP_PORT": "3600", "APP_API_TOKEN": "s3cret", "TASKMESH_DRAIN": "3s",
      "TASKMESH_PARENT": "77",
      "TASKMESH_LOG": "debug", "TASKMESH_LOG_FORMAT": "text", "TASKMESH_SHARDS": "64", "TASKMESH_RETENTION": "2h",
      "TASKMESH_MODE": "safe", "TASKMESH_ORIGINS": "http://a,http://b",
    ])
    guard case .run(let base, let settings) = invocation else {
      Issue.record("refused")
      return
    }
    #expect(base.port == 0 && base.daprPort == 3600 && base.drain == .seconds(3) && base.parent == 77)
    #expect(base.appAPIToken?.reveal() == "s3cret")
    #expect(base.logLevel == .debug && base.logFormat == .text)
    #expect(settings.shards == 64 && settings.retention == .seconds(7200) && settings.mode == 2)
    #expect(settings.origins == ["http://a", "http://b"])
  }

  @Test func allFaultsAreSaidAtOnceEachWithItsKey() {
    let invocation = invoke([
      "APP_PORT": "http", "TASKMESH_DRAIN": "soon", "TASKMESH_SHARDS": "65", "TASKMESH_MODE": "slow",
      "TASKMESH_SHARD": "1",
      "TASKMESH_LOG": "loud",
    ])
    guard case .refuse(let text) = invocation else {
      Issue.record("accepted")
      return
    }
    let lines = text.split(separator: "\n")
    #expect(lines.count == 6)
    for (key, word) in [
      ("APP_PORT", "65535"), ("TASKMESH_DRAIN", "20s"), ("TASKMESH_SHARDS", "1 to 64"), ("TASKMESH_MODE", "fast, safe"),
      ("TASKMESH_SHARD", "no setting"), ("TASKMESH_LOG", "critical"),
    ] {
      #expect(lines.contains { $0.hasPrefix("sample: \(key): ") && $0.contains(word) }, "\(key)")
    }
  }

  @Test func aRequiredSettingThatIsMissingIsAFault() {
    struct Required: DaemonSettings {
      static let defaultPort: UInt16 = 1
      init(from reader: inout SettingsReader) { _ = reader.string("TASKMESH_DATA", "folder for data") }
    }
    guard case .refuse(let text) = Invocation<Required>(name: "sample", arguments: [], environment: [:]) else {
      Issue.record("accepted")
      return
    }
    #expect(text == "sample: TASKMESH_DATA: is missing\n")
  }

  @Test func helpListsEverySettingWithItsDefaultAndReadsNone() {
    guard case .help(let text) = invoke(["APP_PORT": "nonsense", "DAPR_API_TOKEN": "s3cret"], "--help") else {
      Issue.record("no help")
      return
    }
    for line in [
      "APP_PORT             port to listen on (8099)",
      "TASKMESH_DRAIN       how long a stop waits for what is under way (20s)",
      "TASKMESH_RETENTION   how long (1500ms)", "DAPR_API_TOKEN       what the sidecar asks of this daemon",
      "TASKMESH_MODE        which way (fast)",
    ] {
      #expect(text.contains("  \(line)\n"), "\(line) in \(text)")
    }
    #expect(!text.contains("s3cret"))
  }

  @Test func argumentsAreRefused() {
    guard case .refuse(let text) = invoke([:], "--port=3") else {
      Issue.record("accepted")
      return
    }
    #expect(text.contains("--port=3"))
  }

  @Test(arguments: [("250ms", 250), ("20s", 20_000), ("20", 20_000), ("5m", 300_000), ("1h", 3_600_000), ("0s", 0)])
  func timesAreRead(text: String, milliseconds: Int) {
    #expect(SettingDuration.parse(text) == .milliseconds(milliseconds))
  }

  @Test(arguments: ["", "s", "-1s", "1.5s", "1 s", "1d", "99999999999999999999s", "٣s"])
  func whatIsNoTimeIsRefused(text: String) { #expect(SettingDuration.parse(text) == nil) }
}
