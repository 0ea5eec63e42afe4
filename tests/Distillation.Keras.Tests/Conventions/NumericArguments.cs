using System.Reflection;
using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using Distillation.Keras.Losses;
using Distillation.Keras.Measures;
using Distillation.Keras.Objectives;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Schedules;

namespace Distillation.Keras.Tests.Conventions;

/// <summary>The numeric arguments of all constructors, and the range that each has.</summary>
internal static class NumericArguments
{
    /// <summary>Records of results, which nobody but the library makes from numbers of its own.</summary>
    private static readonly HashSet<string> Results =
    [
        nameof(FitParameters),
        nameof(ReliabilityBin),
        nameof(ClassifierScore),
        nameof(RegressionScore),
        nameof(ObjectiveShapes),
        nameof(FeatureShapes),
    ];

    /// <summary>The ranges, by the argument's name, or by class and name where the name alone does not tell.</summary>
    private static readonly Dictionary<string, NumberRange> Ranges = new(StringComparer.Ordinal)
    {
        // Seeds, and axes, which are compared with a shape when there is one. Any class may be ignored, -1 for instance.
        ["seed"] = NumberRange.AnyInteger,
        ["axis"] = NumberRange.AnyInteger,
        ["axes"] = NumberRange.AnyInteger,
        ["ignore_class"] = NumberRange.AnyInteger,
        ["input_axes"] = NumberRange.AnyInteger,
        ["output_axes"] = NumberRange.AnyInteger,

        ["number"] = NumberRange.IntegerFrom(0),

        // What a teacher says of itself.
        ["TeacherCost.Parameters"] = NumberRange.IntegerFrom(0),
        ["TeacherCost.MultiplyAdds"] = NumberRange.IntegerFrom(0),
        ["TeacherCost.Bytes"] = NumberRange.IntegerFrom(0),
        ["TeacherOutput.Shape"] = NumberRange.IntegerFrom(0),

        // Layers.
        ["units"] = NumberRange.IntegerFrom(1),
        ["filters"] = NumberRange.IntegerFrom(1),
        ["groups"] = NumberRange.IntegerFrom(1),
        ["GroupNormalization.groups"] = NumberRange.IntegerFrom(1) with { Also = -1 },

        // Of quantised layers, which there are none of.
        ["gptq_unpacked_column_size"] = new(1, 0),
        ["input_dim"] = NumberRange.IntegerFrom(1),
        ["output_dim"] = NumberRange.IntegerFrom(1),
        ["power_iterations"] = NumberRange.IntegerFrom(1),
        ["lora_rank"] = NumberRange.IntegerFrom(1),
        ["lora_alpha"] = NumberRange.Finite,
        ["kernel_size"] = NumberRange.IntegerFrom(1),
        ["strides"] = NumberRange.IntegerFrom(1),
        ["pool_size"] = NumberRange.IntegerFrom(1),
        ["dilation_rate"] = NumberRange.IntegerFrom(1),
        ["padding"] = NumberRange.IntegerFrom(0),
        ["top"] = NumberRange.IntegerFrom(0),
        ["bottom"] = NumberRange.IntegerFrom(0),
        ["left"] = NumberRange.IntegerFrom(0),
        ["right"] = NumberRange.IntegerFrom(0),
        ["front"] = NumberRange.IntegerFrom(0),
        ["back"] = NumberRange.IntegerFrom(0),
        ["cropping"] = NumberRange.IntegerFrom(0),
        ["size"] = NumberRange.IntegerFrom(1),
        ["shape"] = NumberRange.IntegerFrom(0),
        ["sizes"] = NumberRange.IntegerFrom(0),
        ["TargetShape.sizes"] = NumberRange.IntegerFrom(-1),
        ["target_shape"] = NumberRange.IntegerFrom(-1),
        ["output_shape"] = NumberRange.IntegerFrom(0),
        ["noise_shape"] = NumberRange.IntegerFrom(1),
        ["batch_size"] = NumberRange.IntegerFrom(0),
        ["rate"] = NumberRange.Fraction,
        ["momentum"] = NumberRange.Fraction,
        ["renorm_momentum"] = NumberRange.Fraction,
        ["rmax"] = NumberRange.Finite,
        ["rmin"] = NumberRange.Finite,
        ["dmax"] = NumberRange.NotNegative,
        ["GaussianNoise.stddev"] = NumberRange.Fraction,
        ["epsilon"] = NumberRange.NotNegative,
        ["max_value"] = new(0, double.PositiveInfinity),
        ["negative_slope"] = NumberRange.NotNegative,
        ["threshold"] = NumberRange.NotNegative,
        ["mask_value"] = NumberRange.Finite,
        ["num_heads"] = NumberRange.IntegerFrom(1),
        ["key_dim"] = NumberRange.IntegerFrom(1),
        ["value_dim"] = NumberRange.IntegerFrom(1),
        ["head_dim"] = NumberRange.IntegerFrom(1),
        ["dropout"] = NumberRange.Fraction,
        ["attention_axes"] = NumberRange.AnyInteger,
        ["sliding_window"] = NumberRange.IntegerFrom(1),

        // One is a multiple of the other.
        ["num_query_heads"] = NumberRange.IntegerFrom(1) with
        {
            Tried = 2,
        },
        ["num_key_value_heads"] = NumberRange.IntegerFrom(1) with { Tried = 1 },
        ["scale"] = NumberRange.Finite,
        ["offset"] = NumberRange.Finite,

        // Of the gates together.
        ["GRU.units"] = new(1, int.MaxValue / 3),
        ["GRUCell.units"] = new(1, int.MaxValue / 3),
        ["LSTM.units"] = new(1, int.MaxValue / 4),
        ["LSTMCell.units"] = new(1, int.MaxValue / 4),
        ["recurrent_dropout"] = NumberRange.Fraction,
        ["depth_multiplier"] = NumberRange.IntegerFrom(1),
        ["output_padding"] = new(0, int.MaxValue - 1),
        ["output_size"] = NumberRange.IntegerFrom(1),
        ["ELU.alpha"] = NumberRange.Finite,
        ["n"] = NumberRange.IntegerFrom(1),

        // The order of one axis.
        ["dims"] = new(1, 1),
        ["shared_axes"] = NumberRange.IntegerFrom(1),

        // Preprocessing.
        ["num_tokens"] = NumberRange.IntegerFrom(1),
        ["max_tokens"] = NumberRange.IntegerFrom(2),
        ["num_oov_indices"] = NumberRange.IntegerFrom(0),
        ["mask_token"] = NumberRange.AnyInteger,
        ["oov_token"] = NumberRange.AnyInteger,
        ["idf_weights"] = NumberRange.Finite,
        ["bin_boundaries"] = NumberRange.Finite,
        ["num_bins"] = NumberRange.IntegerFrom(1),
        ["Discretization.epsilon"] = new(0, 1, LeastIncluded: false),
        ["height"] = NumberRange.IntegerFrom(1),
        ["width"] = NumberRange.IntegerFrom(1),
        ["fill_value"] = NumberRange.Finite,
        ["lower"] = NumberRange.Finite,
        ["upper"] = NumberRange.Finite,
        ["low"] = NumberRange.Finite with { MostIncluded = false },
        ["high"] = NumberRange.Finite with { LeastIncluded = false },
        ["RandomPerspective.scale"] = NumberRange.Fraction,

        // Odd sizes alone.
        ["RandomGaussianBlur.kernel_size"] = NumberRange.IntegerFrom(1) with
        {
            Tried = 1,
        },
        ["bins"] = NumberRange.IntegerFrom(1),
        ["clip_limit"] = NumberRange.Finite,
        ["tile_grid_size"] = NumberRange.IntegerFrom(1),
        ["RandomGrayscale.factor"] = NumberRange.Fraction,
        ["MixUp.alpha"] = NumberRange.Positive,
        ["AugMix.alpha"] = NumberRange.Positive,
        ["num_ops"] = NumberRange.IntegerFrom(0) with { Tried = 1000 },
        ["num_chains"] = NumberRange.IntegerFrom(1) with { Tried = 1000 },
        ["chain_depth"] = NumberRange.IntegerFrom(0) with { Tried = 1000 },
        ["Scaling.value"] = NumberRange.Finite,
        ["Scaling.values"] = NumberRange.Finite,

        // A size is checked to be positive where it is used, with the argument's name.
        ["Size.values"] = NumberRange.AnyInteger,

        // Initializers, regularizers, constraints.
        ["value"] = NumberRange.Finite,
        ["gain"] = NumberRange.Finite,
        ["mean"] = NumberRange.Finite,
        ["stddev"] = NumberRange.Finite,
        ["minval"] = NumberRange.Finite,
        ["maxval"] = NumberRange.Finite,
        ["VarianceScaling.scale"] = NumberRange.Positive,
        ["l1"] = NumberRange.NotNegative,
        ["l2"] = NumberRange.NotNegative,
        ["OrthogonalRegularizer.factor"] = NumberRange.NotNegative,
        ["MaxNorm.max_value"] = new(double.NegativeInfinity, double.PositiveInfinity),
        ["min_value"] = NumberRange.Finite,

        // Losses and metrics.
        ["label_smoothing"] = NumberRange.Fraction,
        ["delta"] = NumberRange.Positive,
        ["alpha"] = NumberRange.NotNegative,
        ["beta"] = NumberRange.NotNegative,
        ["gamma"] = NumberRange.NotNegative,
        ["BinaryFocalCrossentropy.alpha"] = NumberRange.Fraction,
        ["FocalAlpha.value"] = NumberRange.NotNegative,
        ["FocalAlpha.values"] = NumberRange.NotNegative,
        ["q"] = new(0, 1, LeastIncluded: false, MostIncluded: false),
        ["BinaryAccuracy.threshold"] = NumberRange.Finite,
        ["thresholds"] = NumberRange.Fraction,
        ["label_weights"] = NumberRange.NotNegative,
        ["num_thresholds"] = NumberRange.IntegerFrom(2) with { Tried = 1000 },
        ["FBetaScore.beta"] = NumberRange.Positive,
        ["FBetaScore.threshold"] = new(0, 1, LeastIncluded: false),
        ["F1Score.threshold"] = new(0, 1, LeastIncluded: false),
        ["BinaryIoU.threshold"] = NumberRange.Finite,
        ["target_class_ids"] = new(0, 1),
        ["specificity"] = NumberRange.Fraction,
        ["sensitivity"] = NumberRange.Fraction,
        ["recall"] = NumberRange.Fraction,
        ["precision"] = NumberRange.Fraction,
        ["SensitivityAtSpecificity.num_thresholds"] = NumberRange.IntegerFrom(1) with { Tried = 1000 },
        ["SpecificityAtSensitivity.num_thresholds"] = NumberRange.IntegerFrom(1) with { Tried = 1000 },
        ["PrecisionAtRecall.num_thresholds"] = NumberRange.IntegerFrom(1) with { Tried = 1000 },
        ["RecallAtPrecision.num_thresholds"] = NumberRange.IntegerFrom(1) with { Tried = 1000 },
        ["IoU.num_classes"] = NumberRange.IntegerFrom(1) with { Tried = 1000 },
        ["MeanIoU.num_classes"] = NumberRange.IntegerFrom(1) with { Tried = 1000 },
        ["OneHotIoU.num_classes"] = NumberRange.IntegerFrom(1) with { Tried = 1000 },
        ["OneHotMeanIoU.num_classes"] = NumberRange.IntegerFrom(1) with { Tried = 1000 },
        ["num_regressors"] = NumberRange.IntegerFrom(0),
        ["Circle.gamma"] = NumberRange.Finite,
        ["Circle.margin"] = NumberRange.Finite,
        ["num_labels"] = NumberRange.IntegerFrom(1) with { Tried = 1000 },
        ["top_k"] = NumberRange.IntegerFrom(1),
        ["class_id"] = NumberRange.IntegerFrom(0),
        ["k"] = NumberRange.IntegerFrom(1),

        // Optimizers and their schedules.
        ["learning_rate"] = NumberRange.NotNegative,
        ["LearningRate.value"] = NumberRange.NotNegative,
        ["weight_decay"] = NumberRange.NotNegative,
        ["clipnorm"] = NumberRange.Positive,
        ["clipvalue"] = NumberRange.Positive,
        ["global_clipnorm"] = NumberRange.Positive,
        ["ema_momentum"] = NumberRange.Fraction,
        ["ema_overwrite_frequency"] = NumberRange.IntegerFrom(1),
        ["initial_scale"] = NumberRange.Positive,
        ["dynamic_growth_steps"] = NumberRange.IntegerFrom(1),
        ["loss_scale_factor"] = NumberRange.Positive,
        ["gradient_accumulation_steps"] = NumberRange.IntegerFrom(2),
        ["rho"] = NumberRange.Fraction,
        ["beta_1"] = NumberRange.BelowOne,
        ["beta_2"] = NumberRange.BelowOne,
        ["Lion.beta_1"] = new(0, 1, LeastIncluded: false),
        ["Lion.beta_2"] = NumberRange.Fraction,
        ["initial_accumulator_value"] = NumberRange.NotNegative,
        ["learning_rate_power"] = new(-float.MaxValue, 0),
        ["l1_regularization_strength"] = NumberRange.NotNegative,
        ["l2_regularization_strength"] = NumberRange.NotNegative,
        ["l2_shrinkage_regularization_strength"] = NumberRange.NotNegative,
        ["Ftrl.beta"] = NumberRange.Finite,
        ["beta_2_decay"] = NumberRange.Finite,
        ["epsilon_1"] = NumberRange.NotNegative,
        ["epsilon_2"] = NumberRange.NotNegative,
        ["clip_threshold"] = NumberRange.Positive,
        ["adam_beta_1"] = NumberRange.BelowOne,
        ["adam_beta_2"] = NumberRange.BelowOne,
        ["adam_weight_decay"] = NumberRange.NotNegative,
        ["muon_a"] = NumberRange.Finite,
        ["muon_b"] = NumberRange.Finite,
        ["muon_c"] = NumberRange.Finite,
        ["adam_lr_ratio"] = NumberRange.NotNegative,
        ["ns_steps"] = NumberRange.IntegerFrom(0),
        ["rms_rate"] = NumberRange.NotNegative,
        ["ScheduleFreeAdamW.warmup_steps"] = NumberRange.IntegerFrom(0),
        ["ScheduleFreeAdamW.beta_1"] = new(0, 1, LeastIncluded: false, MostIncluded: false),
        ["initial_learning_rate"] = NumberRange.NotNegative,
        ["end_learning_rate"] = NumberRange.NotNegative,
        ["decay_steps"] = NumberRange.Positive,
        ["first_decay_steps"] = NumberRange.Positive,
        ["decay_rate"] = NumberRange.NotNegative,
        ["warmup_target"] = NumberRange.NotNegative,
        ["warmup_steps"] = NumberRange.NotNegative,
        ["t_mul"] = new(1, float.MaxValue),
        ["m_mul"] = NumberRange.NotNegative,
        ["power"] = NumberRange.NotNegative,
        ["PiecewiseConstantDecay.boundaries"] = NumberRange.Finite,
        ["PiecewiseConstantDecay.values"] = NumberRange.NotNegative,

        // Callbacks.
        ["verbose"] = NumberRange.IntegerFrom(0),
        ["patience"] = NumberRange.IntegerFrom(0),
        ["cooldown"] = NumberRange.IntegerFrom(0),
        ["start_from_epoch"] = NumberRange.IntegerFrom(0),
        ["min_delta"] = NumberRange.Finite,
        ["min_lr"] = NumberRange.NotNegative,
        ["baseline"] = NumberRange.Finite,
        ["initial_value_threshold"] = NumberRange.Finite,
        ["factor"] = NumberRange.BelowOne,

        // Objectives and their schedules.
        ["temperature"] = NumberRange.Positive,
        ["hard_weight"] = NumberRange.NotNegative,
        ["soft_weight"] = NumberRange.NotNegative,
        ["num_classes"] = NumberRange.IntegerFrom(2),
        ["weight"] = NumberRange.NotNegative,
        ["margin"] = NumberRange.Positive,
        ["p"] = new(1, float.MaxValue),
        ["CorrelationCongruence.gamma"] = NumberRange.Positive,
        ["DistRelations.epsilon"] = NumberRange.Positive,
        ["FactorTransfer.rate"] = NumberRange.Positive,
        ["JensenShannonDivergence.beta"] = new(0, 1, LeastIncluded: false, MostIncluded: false),
        ["LabelSmoothing.epsilon"] = NumberRange.Fraction,
        ["LogitStandardization.epsilon"] = NumberRange.Positive,
        ["ProbabilisticKnowledgeTransfer.epsilon"] = NumberRange.Positive,
        ["TeacherFreeRegularization.alpha"] = NumberRange.Fraction,
        ["VariationalInformationDistillation.epsilon"] = NumberRange.Positive with { Tried = 1e30 },
        ["WeightedSoftLabels.epsilon"] = NumberRange.Positive,
        ["channelMargins"] = new(-float.MaxValue, 0),
        ["correct"] = new(0, 1, LeastIncluded: false, MostIncluded: false),
        ["initialVariance"] = new(1e-5, float.MaxValue, LeastIncluded: false),
        ["embeddingSize"] = NumberRange.IntegerFrom(1),
        ["negativesPerAnchor"] = NumberRange.IntegerFrom(1),
        ["tau"] = NumberRange.Positive,
        ["studentNormalizer"] = NumberRange.Positive,
        ["teacherNormalizer"] = NumberRange.Positive,
        ["order"] = NumberRange.IntegerFrom(1),
        ["degree"] = NumberRange.IntegerFrom(1),
        ["constant"] = NumberRange.NotNegative,
        ["paraphraserEpochs"] = NumberRange.IntegerFrom(1),
        ["midChannels"] = NumberRange.IntegerFrom(1),
        ["regressorLayers"] = NumberRange.IntegerFrom(1),
        ["hiddenChannels"] = NumberRange.IntegerFrom(1),
        ["distanceWeight"] = NumberRange.NotNegative,
        ["angleWeight"] = NumberRange.NotNegative,
        ["final"] = NumberRange.Finite,
        ["epochs"] = NumberRange.Positive,
        ["start"] = NumberRange.NotNegative,
        ["least"] = NumberRange.Positive,
        ["range"] = NumberRange.Positive,
        ["initial"] = NumberRange.Finite,
        ["reversal"] = NumberRange.Positive,
        ["growth"] = NumberRange.Positive,
        ["atZero"] = NumberRange.Finite,
        ["atOne"] = NumberRange.Finite,
        ["every"] = NumberRange.Positive,
        ["StepSchedule.factor"] = NumberRange.Positive,
        ["after"] = NumberRange.NotNegative,
        ["PiecewiseSchedule.boundaries"] = NumberRange.Positive,
        ["PiecewiseSchedule.values"] = NumberRange.Finite,
    };

    /// <summary>The range of an argument, or <see langword="null"/> where none was written down.</summary>
    public static NumberRange? RangeOf(ParameterInfo parameter) =>
        Ranges.GetValueOrDefault($"{parameter.Member.DeclaringType!.Name}.{parameter.Name}") ?? Ranges.GetValueOrDefault(parameter.Name!);

    /// <summary>Every numeric argument of every public constructor of both libraries.</summary>
    public static IEnumerable<ParameterInfo> All { get; } =
    [
        .. new[] { typeof(Model).Assembly, typeof(Distiller).Assembly }
            .SelectMany(a => a.GetExportedTypes())
            .Where(t => t is { IsClass: true, IsAbstract: false } && !Results.Contains(t.Name))
            .OrderBy(t => t.FullName, StringComparer.Ordinal)
            .SelectMany(t => t.GetConstructors())
            .SelectMany(c => c.GetParameters())
            .Where(p => Number(p.ParameterType, 1) is not null),
    ];

    /// <summary>Whether it holds whole numbers.</summary>
    public static bool IsWhole(Type type) => Number(type, 0.5) is null;

    /// <summary>
    /// A number as an argument of a type that holds numbers; <see langword="null"/> for another type, and for a fraction where whole
    /// numbers are held.
    /// </summary>
    public static Func<object>? Number(Type type, double value)
    {
        Type t = Nullable.GetUnderlyingType(type) ?? type;
        bool whole = double.IsInteger(value) && value is >= int.MinValue and <= int.MaxValue;
        return t switch
        {
            _ when t == typeof(double) => () => value,
            _ when t == typeof(double[]) || t == typeof(IEnumerable<double>) || t == typeof(IReadOnlyList<double>) => () => new[] { value },
            _ when t == typeof(Scaling) => () => new Scaling(value),
            _ when t == typeof(FocalAlpha) => () => new FocalAlpha(value),
            _ when t == typeof(LearningRate) => () => (LearningRate)value,
            _ when t == typeof(Schedule) => () => new ConstantSchedule(value),
            _ when !whole => null,
            _ when t == typeof(int) => () => (int)value,
            _ when t == typeof(long) => () => (long)value,
            _ when t == typeof(int[]) => () => new[] { (int)value },
            _ when t == typeof(Size) => () => new Size((int)value),
            _ when t == typeof(Shape) => () => new Shape((int)value),
            _ when t == typeof(Axes) => () => new Axes((int)value),
            _ when t == typeof(TargetShape) => () => new TargetShape((int)value),
            _ when t == typeof(Padding1D) => () => (Padding1D)(int)value,
            _ when t == typeof(Padding2D) => () => (Padding2D)(int)value,
            _ when t == typeof(Padding3D) => () => (Padding3D)(int)value,
            _ => null,
        };
    }

    /// <summary>Something that fits where an argument is needed that is not tried.</summary>
    public static object? Needed(ParameterInfo parameter)
    {
        Type t = parameter.ParameterType;
        return t switch
        {
            _ when parameter.Name == "boundaries" => new[] { 5.0 },
            _ when parameter.Name == "values" && t != typeof(int[]) => new[] { 1.0, 2.0 },
            _ when Number(t, 1) is { } number => number(),
            _ when t == typeof(Optimizer) => new SGD(),
            _ when t == typeof(Factor) => (Factor)1.0,
            _ when parameter.Name == "filepath" => "model.keras",
            _ when parameter.Name == "equation" => "ab,bc->ac",
            _ when t == typeof(string) => "a name",
            _ when t == typeof(Layer) => new Dense(2),
            _ when t == typeof(LayerReference) => new LayerReference("layer"),
            _ when t == typeof(IReadOnlyList<FeaturePair>) => new[] { new FeaturePair("a", "b") },
            _ when t.IsEnum => Enum.GetValues(t).GetValue(0),
            _ when t == typeof(Func<int, double, double>) => (Func<int, double, double>)((_, rate) => rate),
            _ when t == typeof(Func<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>) => (Func<
                TorchSharp.torch.Tensor,
                TorchSharp.torch.Tensor
            >)(x => x),
            _ => throw new InvalidOperationException(
                $"The constructor of {parameter.Member.DeclaringType!.Name} needs '{parameter.Name}' of type {t.Name}, for which "
                    + $"{nameof(NumericArguments)} has no value. Add one."
            ),
        };
    }
}
