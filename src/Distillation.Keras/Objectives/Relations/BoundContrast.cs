using Distillation.Keras.Backend;
using Distillation.Keras.Initializers;
using Distillation.Keras.Layers;
using Distillation.Keras.State;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>Contrastive representation distillation in one fit: two embeddings, two memories, two normalisers.</summary>
internal sealed class BoundContrast : BoundObjective
{
    private readonly ContrastiveRepresentationDistillation _objective;
    private readonly ObjectiveBinding _binding;
    private readonly Dense _studentEmbedding;
    private readonly Dense _teacherEmbedding;
    private readonly Variable _studentMemory;
    private readonly Variable _teacherMemory;
    private readonly Variable _logNormalizers;
    private readonly long _samples;
    private NegativeSampler? _negatives;
    private bool _isNormalized;

    public BoundContrast(ContrastiveRepresentationDistillation objective, ObjectiveBinding binding)
        : base(objective)
    {
        _objective = objective;
        _binding = binding;
        _samples = binding.Shapes.Samples!.Value;
        FeatureShapes shapes = binding.Shapes.Features[0];
        int size = objective.EmbeddingSize;
        _studentEmbedding = binding.AddLayer(new Dense(size, dtype: binding.DType), Pooled(shapes.Student));
        _teacherEmbedding = binding.AddLayer(new Dense(size, dtype: binding.DType), Pooled(shapes.Teacher));

        // Rows of length 1 on average.
        double limit = Math.Sqrt(3.0 / size);
        Shape memory = new(checked((int)_samples), size);
        _studentMemory = binding.AddVariable("student_memory", memory, new RandomUniform(-limit, limit), trainable: false);
        _teacherMemory = binding.AddVariable("teacher_memory", memory, new RandomUniform(-limit, limit), trainable: false);
        _logNormalizers = binding.AddVariable("log_normalizers", 2, new Zeros(), trainable: false);
        if (objective.Negatives == ContrastiveNegatives.OtherSamples)
        {
            _negatives = NegativeSampler.OfSamples(_samples);
        }
    }

    public override void Prepare(IEnumerable<ObjectiveSignals> batches)
    {
        if (_objective.Negatives == ContrastiveNegatives.OtherSamples)
        {
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor classes = Arithmetic.Filled([_samples], -1, ScalarType.Int64, _binding.Device);
        foreach (ObjectiveSignals batch in batches)
        {
            classes.index_copy_(0, batch.SampleIndices, batch.Classes.to(ScalarType.Int64));
        }

        _negatives = NegativeSampler.OfClasses(classes, _binding);
    }

    protected override Tensor Compute(ObjectiveSignals signals)
    {
        ArgumentNullException.ThrowIfNull(signals);
        NegativeSampler negatives =
            _negatives
            ?? throw new InvalidOperationException(
                "The negatives of other classes are known after Prepare, which a fit calls before the first step, but Compute was "
                    + "called before."
            );
        Tensor anchors = signals.SampleIndices;
        Tensor indices = cat([anchors.unsqueeze(1), negatives.Draw(anchors, _objective.NegativesPerAnchor, signals.Generator)], 1);
        ContrastStep step = Step(signals.StudentFeatures[0], signals.TeacherFeatures[0], indices, signals.Training);
        return step.StudentAnchor.Plus(step.TeacherAnchor);
    }

    /// <inheritdoc/>
    protected internal override void ExchangeState(StateExchange state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _isNormalized = state.Flag("is_normalized", _isNormalized);
    }

    /// <summary>The step with given negatives.</summary>
    /// <param name="student">The student's feature.</param>
    /// <param name="teacher">The teacher's feature.</param>
    /// <param name="indices">Rows of the memories, int64 (rows, 1 + negatives); the first column is the rows' own.</param>
    /// <param name="training">Whether memories and normalisers are changed.</param>
    internal ContrastStep Step(Tensor student, Tensor teacher, Tensor indices, bool training)
    {
        Tensor s = Embedding(_studentEmbedding, student);
        Tensor t = Embedding(_teacherEmbedding, teacher.detach());
        Tensor studentScores = NoiseContrast.Scores(s, _teacherMemory.Value, indices, _objective.Tau);
        Tensor teacherScores = NoiseContrast.Scores(t, _studentMemory.Value, indices, _objective.Tau);
        Tensor z = LogNormalizers(studentScores, teacherScores, training);
        Tensor studentRows = NoiseContrast.Rows(studentScores, z[0], _samples, _objective.Epsilon);
        Tensor teacherRows = NoiseContrast.Rows(teacherScores, z[1], _samples, _objective.Epsilon);
        if (training)
        {
            Tensor anchors = indices.select(1, 0);
            NoiseContrast.Update(_studentMemory.Value, anchors, s, _objective.Momentum);
            NoiseContrast.Update(_teacherMemory.Value, anchors, t, _objective.Momentum);
        }

        return new ContrastStep(studentRows, teacherRows, s, t, z);
    }

    private static Shape Pooled(Shape feature) => new((int?[])[null, feature[-1]]);

    private static Tensor Embedding(Dense dense, Tensor feature) =>
        Vectors.Unit(dense.Call(feature.dim() == 4 ? feature.mean([1, 2]) : feature));

    // The first training batch fixes them, as far as they are not given.
    private Tensor LogNormalizers(Tensor studentScores, Tensor teacherScores, bool training)
    {
        if (_isNormalized)
        {
            return _logNormalizers.Value;
        }

        Tensor z = stack([Log(_objective.StudentNormalizer, studentScores), Log(_objective.TeacherNormalizer, teacherScores)]);
        if (training)
        {
            _logNormalizers.Assign(z);
            _isNormalized = true;
        }

        return z;
    }

    private Tensor Log(double? given, Tensor scores) =>
        given is double z ? tensor(Math.Log(z), scores.dtype, scores.device) : NoiseContrast.LogNormalizer(scores, _samples);
}
