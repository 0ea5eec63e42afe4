using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using Distillation.Keras.Metrics;
using Distillation.Keras.Objectives;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Schedules;
using Distillation.Keras.Teachers;

namespace Distillation.Keras.Training;

/// <summary>What a distiller was told.</summary>
/// <param name="Teacher">The teacher, if any.</param>
internal sealed record DistillationSettings(Teacher? Teacher)
{
    /// <summary>T where nobody has set it.</summary>
    public static readonly Schedule DefaultTemperature = 4;

    /// <summary>The student; <see langword="null"/>: a fresh copy of the teacher's architecture.</summary>
    public Model? Student { get; init; }

    /// <summary>T; <see langword="null"/>: nobody has set it.</summary>
    public Schedule? Temperature { get; init; }

    /// <summary>The weight of the loss on the labels.</summary>
    public Schedule HardLossWeight { get; init; } = 0.1;

    /// <summary>The weight of the loss on the teacher's outputs.</summary>
    public Schedule SoftLossWeight { get; init; } = 0.9;

    /// <summary>The losses of the outputs.</summary>
    public HeadLosses Losses { get; init; } = HeadLosses.None;

    /// <summary>
    /// The objectives that were added, with their weights and the outputs that they are for (<see langword="null"/>: each).
    /// </summary>
    public IReadOnlyList<(DistillationObjective Objective, Schedule Weight, string? Output)> Objectives { get; init; } = [];

    /// <summary>See <see cref="RowWeights.DividesByWeights"/>.</summary>
    public bool DividesByWeights { get; init; }

    /// <summary>How tokens become one value.</summary>
    public SequenceReduction Sequences { get; init; }

    /// <summary>Whether class weights weigh the loss on the labels alone.</summary>
    public bool ClassWeightsOnLabelsOnly { get; init; }

    /// <summary>How many bytes the teacher's features may take.</summary>
    public long FeatureCache { get; init; } = TeacherCache.FeatureBytes;

    /// <summary>The optimizer; <see langword="null"/>: the default.</summary>
    public Optimizer? Optimizer { get; init; }

    /// <summary>Further metrics.</summary>
    public IReadOnlyList<Metric> Metrics { get; init; } = [];

    /// <summary>What is told of each fit.</summary>
    public IReadOnlyList<Callback> Callbacks { get; init; } = [];

    /// <summary>Where to compute; <see langword="null"/>: each model where it is.</summary>
    public Device? Device { get; init; }

    /// <summary>What changes the inputs of each batch at random, if anything.</summary>
    public Layer? Augmentation { get; init; }

    /// <summary>The seed, if any.</summary>
    public int? Seed { get; init; }
}
