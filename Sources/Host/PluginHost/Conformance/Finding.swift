extension Conformance {
    /// The result of one check.
    public struct Finding: Sendable, Equatable {
        /// The behaviour that is expected of the plugin.
        public var name: String
        public var outcome: Outcome
        /// Something that is no fault, but may not be meant.
        public var note: String?

        /// The end of a check: passed, failed or skipped.
        public enum Outcome: Sendable, Equatable {
            case passed
            /// With the reason, in one sentence.
            case failed(String)
            /// An earlier check failed, on which this one may depend.
            case notRun
            /// The check does not fit the plugin or this host, for the reason.
            case skipped(String)
        }

        /// The reason why the check failed; nil if it passed or was skipped.
        public var failure: String? {
            if case .failed(let reason) = outcome { reason } else { nil }
        }

        /// The reason why the check was skipped; nil if it was not.
        public var skipReason: String? {
            if case .skipped(let reason) = outcome { reason } else { nil }
        }
    }
}
