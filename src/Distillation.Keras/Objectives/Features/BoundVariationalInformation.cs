using Distillation.Keras.Backend;
using Distillation.Keras.Initializers;
using Distillation.Keras.Layers;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>
/// Variational information distillation in one fit: for each pair a regressor and the scale of each of the teacher's channels.
/// </summary>
internal sealed class BoundVariationalInformation : BoundObjective
{
    private const string What = nameof(VariationalInformationDistillation);

    private readonly VariationalInformationDistillation _objective;
    private readonly Dense[][] _regressors;
    private readonly Variable[] _alphas;

    /// <summary>Makes the weights: for each pair the regressor's kernels, then alpha.</summary>
    public BoundVariationalInformation(VariationalInformationDistillation objective, ObjectiveBinding binding)
        : base(objective)
    {
        _objective = objective;
        int pairs = binding.Shapes.Features.Count;
        _regressors = new Dense[pairs][];
        _alphas = new Variable[pairs];

        // softplus(alpha) + epsilon = variance, solved for alpha without forming a large exponential.
        double start = objective.InitialVariance - objective.Epsilon;
        double alpha = start + Math.Log(-double.ExpM1(-start));
        for (int i = 0; i < pairs; i++)
        {
            FeatureShapes f = binding.Shapes.Features[i];
            int channels = f.Teacher.Known(-1, What);
            _regressors[i] = Regressor(binding, f.Student, channels);
            _alphas[i] = binding.AddVariable(Invariant($"alpha_{i}"), channels, new Constant(alpha));
        }
    }

    /// <inheritdoc/>
    protected override Tensor Compute(ObjectiveSignals signals) =>
        FeatureTerms.Sum(
            signals,
            FeatureRules.Sizes,
            (teacher, student, pair) =>
            {
                Tensor mean = _regressors[pair].Aggregate(student, (x, layer) => layer.Call(x));
                Tensor variance = Nonlinearities.Softplus(_alphas[pair].Value).Plus(_objective.Epsilon);
                return _objective.Reduction.Rows(((teacher - mean).Squared() / variance).Plus(variance.log())).Times(0.5);
            }
        );

    // A 1x1 convolution is a dense layer along the channels.
    private Dense[] Regressor(ObjectiveBinding binding, Shape student, int channels)
    {
        var layers = new Dense[_objective.RegressorLayers];
        for (int i = 0; i < layers.Length; i++)
        {
            bool last = i == layers.Length - 1;
            int width = last ? channels : _objective.HiddenChannels ?? channels;
            layers[i] = binding.AddLayer(new Dense(width, last ? "linear" : "relu", use_bias: false, dtype: binding.DType), student);
            student = student.With(student.Rank - 1, width);
        }

        return layers;
    }
}
