using Distillation.Keras.Objectives;
using Distillation.Keras.Schedules;

namespace Distillation.Keras.Training;

/// <summary>A term that a fit will have.</summary>
/// <param name="Objective">What its value is computed by.</param>
/// <param name="Weight">The factor of its value in the loss; at least 0.</param>
/// <param name="Head">The place of the output that it is for; -1: of none, it compares features alone.</param>
/// <param name="Name">Its name in the logs, behind the output's prefix.</param>
/// <param name="FirstFeature">Where its features are among those of all terms.</param>
internal sealed record PlannedTerm(DistillationObjective Objective, Schedule Weight, int Head, string Name, int FirstFeature)
{
    /// <summary>What the objective is told of the fit.</summary>
    /// <param name="heads">The outputs.</param>
    /// <param name="features">The shapes of its features.</param>
    /// <param name="samples">How many samples the transfer set has; <see langword="null"/>: nobody knows.</param>
    public ObjectiveShapes Shapes(IReadOnlyList<Head> heads, IReadOnlyList<FeatureShapes> features, long? samples)
    {
        Head head = heads[Math.Max(0, Head)];
        return new ObjectiveShapes(head.Classes, head.IsMultiLabel, features, samples) { IsNumeric = head.IsNumeric };
    }

    /// <summary>Those of its features among what there is for each feature of all terms.</summary>
    public IEnumerable<T> Own<T>(IReadOnlyList<T> ofAll) => ofAll.Skip(FirstFeature).Take(Objective.Features.Count);
}
