using Distillation.Keras.Callbacks;
using Distillation.Keras.Losses;
using Distillation.Keras.Metrics;
using Distillation.Keras.Objectives;
using Distillation.Keras.Optimizers;

namespace Distillation.Keras;

/// <summary>
/// Trains a small classifier, the student, on the softened probabilities of a trained one, the teacher, as well as on the labels:
/// <c>new Distiller(teacher).WithStudent(student).WithTemperature(5).Fit(x, y)</c>.
/// </summary>
/// <remarks>
/// <para>
/// The loss is <c>hard · CE(y, softmax(z)) + soft · T² · CE(softmax(v / T), softmax(z / T))</c> with the student's logits z and the teacher's v;
/// T = 4, hard = 0.1 and soft = 0.9 by default. Hinton, Vinyals and Dean, Distilling the Knowledge in a Neural Network, arXiv 1503.02531.
/// </para>
/// <para>
/// Immutable: each <c>With...</c> returns a new distiller, so that one teacher can begin many experiments. It owns neither teacher nor
/// student. The teacher is not changed by it. Values are checked when they are set, and what belongs together when <c>Fit</c> is called.
/// A distiller may be shared between threads; two fits of the same student at the same time may not run.
/// </para>
/// </remarks>
public sealed partial class Distiller
{
    private readonly Settings _settings;

    /// <summary>A distiller for a trained classifier.</summary>
    /// <param name="teacher">A model with one output that ends in a softmax or in logits. It is not changed.</param>
    /// <exception cref="NotSupportedException">The model ends in something else or has several outputs.</exception>
    /// <exception cref="InvalidOperationException">The model has no weights yet.</exception>
    public Distiller(Model teacher)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        if (!teacher.Built)
        {
            throw new InvalidOperationException($"A teacher is a trained model, but '{teacher.Name}' has no weights yet. Begin it with an Input(...) and train it first.");
        }

        _ = teacher.PopSoftmax();
        _settings = new Settings(teacher);
    }

    private Distiller(Settings settings) => _settings = settings;

    /// <summary>The teacher.</summary>
    public Model Teacher => _settings.Teacher;

    /// <summary>The student, or <see langword="null"/>: then each fit makes a freshly initialised copy of the teacher's architecture ("born again").</summary>
    public Model? Student => _settings.Student;

    /// <summary>T, by which the logits are divided; 4 by default.</summary>
    public double Temperature => _settings.Temperature;

    /// <summary>The weight of the loss on the labels; 0.1 by default.</summary>
    public double HardLossWeight => _settings.HardLossWeight;

    /// <summary>The weight of the loss on the teacher's softened probabilities; 0.9 by default.</summary>
    public double SoftLossWeight => _settings.SoftLossWeight;

    /// <summary>The seed that fixes initial weights, shuffling and dropout, or <see langword="null"/>.</summary>
    public int? Seed => _settings.Seed;

    /// <summary>Trains that model; its own weights are changed, and a second fit goes on from them.</summary>
    /// <param name="student">A model with one output that ends in a softmax or in logits, with the teacher's inputs and classes.</param>
    /// <exception cref="NotSupportedException">The model ends in something else or has several outputs.</exception>
    public Distiller WithStudent(Model student)
    {
        ArgumentNullException.ThrowIfNull(student);
        if (student.Built)
        {
            _ = student.PopSoftmax();
        }

        return new Distiller(_settings with { Student = student });
    }

    /// <summary>Sets T. 2 to 20 are usual; the higher, the more the small probabilities count.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not a positive number.</exception>
    public Distiller WithTemperature(double temperature) => new(_settings with { Temperature = Temperatures.Check(temperature, nameof(temperature)) });

    /// <summary>Sets the weight of the loss on the labels.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not finite.</exception>
    public Distiller WithHardLossWeight(double weight) => new(_settings with { HardLossWeight = LossWeight.Check(weight, nameof(weight)) });

    /// <summary>Sets the weight of the loss on the teacher's softened probabilities (which already has the factor T²).</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not finite.</exception>
    public Distiller WithSoftLossWeight(double weight) => new(_settings with { SoftLossWeight = LossWeight.Check(weight, nameof(weight)) });

    /// <summary>Sets the loss on the labels, computed on the student's probabilities at T = 1; categorical crossentropy by default.</summary>
    /// <param name="loss">A name (<c>"categorical_crossentropy"</c>) or a <see cref="Loss"/>, such as one with label smoothing. Integer labels become one-hot unless the loss takes integers.</param>
    /// <exception cref="ArgumentException">It is the whole distillation loss, which this distiller computes by itself, or its reduction is <c>"none"</c>.</exception>
    public Distiller WithLoss(Loss loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        if (loss.Reduction == "none")
        {
            throw new ArgumentException($"The loss on the labels is one number a batch, but the reduction of {loss.GetType().Name} '{loss.Name}' is \"none\". Leave reduction out: the default is the mean.", nameof(loss));
        }

        return loss is KnowledgeDistillationLoss
            ? throw new ArgumentException("WithLoss takes the loss on the labels alone; the distiller adds the teacher's half by itself. Use WithTemperature, WithHardLossWeight and WithSoftLossWeight instead of a KnowledgeDistillationLoss.", nameof(loss))
            : new Distiller(_settings with { HardLoss = loss });
    }

    /// <summary>Sets the optimizer; <c>Adam(0.001)</c> by default. Each fit takes a fresh copy of it.</summary>
    public Distiller WithOptimizer(Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        return new Distiller(_settings with { Optimizer = optimizer.Copy() });
    }

    /// <summary>Sets further metrics on labels and probabilities, beside <c>accuracy</c> and <c>teacher_agreement</c>. Each fit takes fresh copies of them.</summary>
    public Distiller WithMetrics(params Metric[] metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        return Array.Exists(metrics, m => m is null)
            ? throw new ArgumentException("One of the metrics is null.", nameof(metrics))
            : new Distiller(_settings with { Metrics = [.. metrics] });
    }

    /// <summary>Sets what is told of the training. Each fit takes copies of the library's own callbacks.</summary>
    public Distiller WithCallbacks(params Callback[] callbacks)
    {
        ArgumentNullException.ThrowIfNull(callbacks);
        return Array.Exists(callbacks, c => c is null)
            ? throw new ArgumentException("One of the callbacks is null.", nameof(callbacks))
            : new Distiller(_settings with { Callbacks = [.. callbacks] });
    }

    /// <summary>Fixes the initial weights of a student that the fit makes, the shuffling and the dropout: the same seed on the same machine gives the same student, bit for bit.</summary>
    public Distiller WithSeed(int seed) => new(_settings with { Seed = seed });

    private sealed record Settings(Model Teacher)
    {
        public Model? Student { get; init; }

        public double Temperature { get; init; } = 4;

        public double HardLossWeight { get; init; } = 0.1;

        public double SoftLossWeight { get; init; } = 0.9;

        public Loss? HardLoss { get; init; }

        public Optimizer? Optimizer { get; init; }

        public IReadOnlyList<Metric> Metrics { get; init; } = [];

        public IReadOnlyList<Callback> Callbacks { get; init; } = [];

        public int? Seed { get; init; }
    }
}
