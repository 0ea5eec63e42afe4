namespace Distillation.Keras.Benchmarks.Measuring;

/// <summary>Two programs for the same work: this library's (A) and one that is written by hand (B).</summary>
internal interface IContest : IDisposable
{
    /// <summary>Its name on the command line and in the results.</summary>
    string Name { get; }

    /// <summary>Whether a step trains, so that its memory is measured too.</summary>
    bool Trains { get; }

    /// <summary>Makes steps with this library.</summary>
    /// <returns>The seconds that they took.</returns>
    double Ours(int steps);

    /// <summary>Makes steps with the code written by hand.</summary>
    /// <returns>The seconds that they took.</returns>
    double Theirs(int steps);

    /// <summary>How far the results of both are apart when they begin alike and nothing is random.</summary>
    Agreement Compare();
}
