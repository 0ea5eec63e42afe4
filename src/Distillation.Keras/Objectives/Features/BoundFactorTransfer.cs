using Distillation.Keras.Backend;
using Distillation.Keras.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>Factor transfer in one fit: a paraphraser, trained first, and a translator, trained with the student.</summary>
internal sealed class BoundFactorTransfer : BoundObjective
{
    private readonly FactorTransfer _objective;
    private readonly ScalarType _type;
    private readonly Device _device;
    private readonly FactorNetwork _encoder;
    private readonly FactorNetwork _decoder;
    private readonly FactorNetwork _translator;
    private bool _isPrepared;

    public BoundFactorTransfer(FactorTransfer objective, ObjectiveBinding binding)
        : base(objective)
    {
        _objective = objective;
        _type = binding.DType.ComputeType;
        _device = binding.Device;
        int teacher = binding.Shapes.Features[0].Teacher.Known(-1, "FactorTransfer");
        int student = binding.Shapes.Features[0].Student.Known(-1, "FactorTransfer");
        int factors = Math.Max(1, (int)Math.Round(teacher * objective.Rate));
        _encoder = new FactorNetwork(binding, teacher, [teacher, factors, factors], trained: false);
        _decoder = new FactorNetwork(binding, factors, [factors, teacher, teacher], trained: false);
        _translator = new FactorNetwork(binding, student, [student, factors, factors], trained: true);
    }

    /// <summary>The mean reconstruction error of each epoch of <see cref="Prepare"/>.</summary>
    internal IReadOnlyList<double> ReconstructionErrors { get; private set; } = [];

    public override void Prepare(IEnumerable<ObjectiveSignals> batches)
    {
        Variable[] weights = [.. _encoder.Weights, .. _decoder.Weights];
        Tensor[] values = Array.ConvertAll(weights, w => w.Value);
        double[] errors = new double[_objective.ParaphraserEpochs];
        Optimizer optimizer = _objective.NewOptimizer();
        try
        {
            optimizer.Build(weights);
            for (int epoch = 0; epoch < errors.Length; epoch++)
            {
                errors[epoch] = Epoch(batches, optimizer, weights, values);
                if (!double.IsFinite(errors[epoch]))
                {
                    throw new ArithmeticException(
                        Invariant(
                            $"The paraphraser of '{_objective.Name}' must reconstruct the teacher's features with a finite error, but in "
                                + $"its epoch {epoch + 1} it became {errors[epoch]}. Give paraphraserOptimizer a lower learning rate."
                        )
                    );
                }
            }
        }
        finally
        {
            optimizer.Release();
        }

        ReconstructionErrors = errors;
        _isPrepared = true;
    }

    protected override Tensor Compute(ObjectiveSignals signals)
    {
        ArgumentNullException.ThrowIfNull(signals);
        if (!_isPrepared)
        {
            throw new InvalidOperationException(
                "The paraphraser is trained in Prepare, which a fit calls before the first step, but Compute was called before."
            );
        }

        Tensor student = _translator.Call(signals.StudentFeatures[0]);
        Tensor teacher = Factors(signals.TeacherFeatures[0]);
        return student.shape.AsSpan().SequenceEqual(teacher.shape)
            ? Rows(teacher, student, _objective.Distance)
            : throw new InvalidOperationException(
                $"Factors have one height and width, but here the teacher's have the shape {Shape.FromSizes(teacher.shape)} and the "
                    + $"student's {Shape.FromSizes(student.shape)}. Give both models inputs of a known size, so that the maps can be "
                    + "pooled, or choose layers of one size."
            );
    }

    /// <summary>The teacher's factors, (batch, height, width, factors), without gradient.</summary>
    internal Tensor Factors(Tensor teacher)
    {
        using IDisposable noGrad = no_grad();
        return _encoder.Call(teacher);
    }

    /// <summary>How far the normalised factors are from each other, (rows,).</summary>
    /// <param name="teacher">F_T, (rows, ...).</param>
    /// <param name="student">F_S, of the same shape.</param>
    /// <param name="distance">The norm of their difference.</param>
    internal static Tensor Rows(Tensor teacher, Tensor student, FactorDistance distance)
    {
        Tensor difference = Vectors.Unit(teacher.flatten(1)) - Vectors.Unit(student.flatten(1));
        return distance switch
        {
            FactorDistance.L1 => difference.abs().sum(1),
            FactorDistance.MeanAbsolute => difference.abs().mean([1]),

            // No gradient at equal factors, where the root has none.
            _ => difference.Squared().sum(1).AtLeast(1e-24).sqrt(),
        };
    }

    // Without a look at the error until the end of the epoch.
    private double Epoch(IEnumerable<ObjectiveSignals> batches, Optimizer optimizer, Variable[] weights, Tensor[] values)
    {
        using DisposeScope epoch = NewDisposeScope();
        Tensor sum = zeros(Array.Empty<long>(), ScalarType.Float64, _device);
        long samples = 0;
        foreach (ObjectiveSignals batch in batches)
        {
            using DisposeScope scope = NewDisposeScope();
            using IDisposable grad = enable_grad();
            Tensor x = batch.TeacherFeatures[0].detach().to(_type);
            Tensor difference = _decoder.Call(_encoder.Call(x)) - x;
            Tensor error = _objective.AbsoluteReconstruction ? difference.abs().mean() : difference.Squared().mean();
            optimizer.Apply(Gradients.Of(optimizer.ScaleLoss(error), values), weights);
            using IDisposable noGrad = no_grad();
            sum.AddScaled(error.to(ScalarType.Float64), x.shape[0]);
            samples += x.shape[0];
        }

        return sum.item<double>() / samples;
    }
}
