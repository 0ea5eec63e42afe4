using Distillation.Keras.Objectives;
using Distillation.Keras.Schedules;

namespace Distillation.Keras.Training;

/// <summary>An objective that a user has added.</summary>
/// <param name="Objective">What.</param>
/// <param name="Weight">Its weight.</param>
/// <param name="Output">The output that it is for, or <see langword="null"/>: each.</param>
internal sealed record WeightedObjective(DistillationObjective Objective, Schedule Weight, string? Output);
