namespace KerasPorts;

/// <summary>What a port reached.</summary>
/// <param name="Parameters">The weights of its model.</param>
/// <param name="TrainingSamples">How many samples it was trained on.</param>
/// <param name="TestSamples">How many it was tested on.</param>
/// <param name="Accuracy">The share of test samples that it classified rightly.</param>
/// <param name="Chance">The share of the most frequent class among them: what always guessing that class reaches.</param>
internal sealed record PortResult(long Parameters, int TrainingSamples, int TestSamples, double Accuracy, double Chance);
