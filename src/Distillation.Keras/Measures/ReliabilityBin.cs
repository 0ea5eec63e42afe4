namespace Distillation.Keras.Measures;

/// <summary>The samples whose confidence lies in one interval: one bar of a reliability diagram.</summary>
/// <param name="Lower">Where the interval begins; this confidence itself is not in it.</param>
/// <param name="Upper">Where it ends; this confidence is in it.</param>
/// <param name="Count">How many samples there are.</param>
/// <param name="Confidence">Their mean confidence; 0 where there are none.</param>
/// <param name="Accuracy">The share of them that is right; 0 where there are none.</param>
public sealed record ReliabilityBin(double Lower, double Upper, int Count, double Confidence, double Accuracy)
{
    /// <summary>|accuracy - confidence|; 0 where there are no samples.</summary>
    public double Gap => Math.Abs(Accuracy - Confidence);

    /// <summary>The numbers, the same in every culture.</summary>
    public override string ToString() =>
        Invariant(
            $"{nameof(ReliabilityBin)} {{ Lower = {Lower}, Upper = {Upper}, Count = {Count}, Confidence = {Confidence}, Accuracy = "
                + $"{Accuracy} }}"
        );
}
