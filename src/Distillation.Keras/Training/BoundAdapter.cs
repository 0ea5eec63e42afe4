using Distillation.Keras.Layers;
using Distillation.Keras.Objectives;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>An adapter in one fit: its layers, made from the shapes of a pair of features.</summary>
internal sealed class BoundAdapter
{
    private readonly Layer[] _layers;
    private readonly (long Height, long Width)? _teacherSize;
    private readonly (long Height, long Width)? _studentSize;
    private readonly bool _poolsStudentGlobally;

    private BoundAdapter(
        FeatureShapes shapes,
        Layer[] layers,
        (long Height, long Width)? teacherSize,
        (long Height, long Width)? studentSize,
        bool poolsStudentGlobally
    )
    {
        Shapes = shapes;
        _layers = layers;
        _teacherSize = teacherSize;
        _studentSize = studentSize;
        _poolsStudentGlobally = poolsStudentGlobally;
    }

    /// <summary>The shapes behind it.</summary>
    public FeatureShapes Shapes { get; }

    /// <summary>What the adapter of a pair would give; a sentence where there is none for these shapes.</summary>
    public static string? Problem(FeaturePair pair, Shape teacher, Shape student)
    {
        if (DoesNothing(pair.Adapter, teacher, student))
        {
            return null;
        }

        if (
            teacher.Rank is not (2 or 4)
            || student.Rank is not (2 or 4)
            || (pair.Adapter.Kind == AdapterKind.Pooling && (teacher.Rank != 4 || student.Rank != 4))
        )
        {
            string flat = pair.Adapter.Kind == AdapterKind.Pooling ? string.Empty : ", or flat features, (batch, width)";
            return $"An adapter takes maps, (batch, height, width, channels){flat}, but {Of(pair, teacher, student)}. Choose other layers.";
        }

        if (teacher.ToList().Skip(1).Concat(student.ToList().Skip(1)).Any(s => s is null))
        {
            return $"An adapter is built from known shapes, but {Of(pair, teacher, student)}. Give the models an Input whose shape is "
                + "fully known.";
        }

        return teacher.Rank == 4 && student.Rank == 2
            ? $"A flat feature cannot be made into a map, but {Of(pair, teacher, student)}. Choose a layer of the teacher behind its "
                + "pooling or Flatten, or a map of the student."
            : null;
    }

    /// <summary>The shapes behind the adapter of a pair for which there is no <see cref="Problem"/>, without making its weights.</summary>
    public static FeatureShapes Adapted(FeatureShapes shapes)
    {
        (FeaturePair pair, Shape teacher, Shape student) = shapes;
        if (DoesNothing(pair.Adapter, teacher, student))
        {
            return shapes;
        }

        if (pair.Adapter.Kind == AdapterKind.Pooling)
        {
            (long Height, long Width) size = Smaller(teacher, student);
            return new FeatureShapes(pair, Sized(teacher, size), Sized(student, size));
        }

        return new FeatureShapes(pair, teacher, teacher);
    }

    /// <summary>Makes it, with new weights.</summary>
    public static BoundAdapter Create(FeaturePair pair, Shape teacher, Shape student, ObjectiveBinding binding)
    {
        if (DoesNothing(pair.Adapter, teacher, student))
        {
            return new BoundAdapter(new FeatureShapes(pair, teacher, student), [], null, null, false);
        }

        if (pair.Adapter.Kind == AdapterKind.Pooling)
        {
            (long Height, long Width) size = Smaller(teacher, student);
            return new BoundAdapter(
                Adapted(new FeatureShapes(pair, teacher, student)),
                [],
                Differs(teacher, size),
                Differs(student, size),
                false
            );
        }

        bool pools = student.Rank == 4 && teacher.Rank == 2;
        (long Height, long Width)? target =
            teacher.Rank == 4 ? Differs(student, (teacher.Known(1, "Projection"), teacher.Known(2, "Projection"))) : null;
        Shape input =
            pools ? new Shape((int?[])[null, student[-1]])
            : target is (long, long) s ? Sized(student, s)
            : student;
        Layer[] layers = Projection(pair.Adapter, input, teacher.Known(-1, "Projection"), binding);
        return new BoundAdapter(new FeatureShapes(pair, teacher, input.With(input.Rank - 1, teacher[-1])), layers, null, target, pools);
    }

    /// <summary>The teacher's feature as the objective gets it.</summary>
    public Tensor Teacher(Tensor feature) => _teacherSize is (long h, long w) ? Resized(feature, h, w) : feature;

    /// <summary>The student's feature as the objective gets it.</summary>
    public Tensor Student(Tensor feature, bool training)
    {
        Tensor x =
            _poolsStudentGlobally ? feature.mean([1, 2])
            : _studentSize is (long h, long w) ? Resized(feature, h, w)
            : feature;
        foreach (Layer layer in _layers)
        {
            x = layer.Call(x, training);
        }

        return x;
    }

    // Flat features have no height and width to be pooled: an objective for maps and flat features has one adapter for both.
    private static bool DoesNothing(FeatureAdapter adapter, Shape teacher, Shape student) =>
        adapter.Kind == AdapterKind.None
        || (teacher == student && !adapter.IsAlways)
        || (adapter.Kind == AdapterKind.Pooling && teacher.Rank == 2 && student.Rank == 2);

    // A 1x1 convolution without strides is a dense layer along the channels: the same product, without libtorch's layout copies.
    private static Layer[] Projection(FeatureAdapter adapter, Shape input, int channels, ObjectiveBinding binding)
    {
        bool normalized = adapter.HasNormalization && input.Rank == 4;
        Dense dense = binding.AddLayer(new Dense(channels, use_bias: adapter.HasBias && !normalized, dtype: binding.DType), input);
        return normalized
            ? [dense, binding.AddLayer(new BatchNormalization(dtype: binding.DType), input.With(input.Rank - 1, channels))]
            : [dense];
    }

    private static (long Height, long Width) Smaller(Shape teacher, Shape student) =>
        (
            Math.Min(teacher.Known(1, "Pooling"), student.Known(1, "Pooling")),
            Math.Min(teacher.Known(2, "Pooling"), student.Known(2, "Pooling"))
        );

    private static Shape Sized(Shape shape, (long Height, long Width) size) => shape.With(1, (int)size.Height).With(2, (int)size.Width);

    private static (long Height, long Width)? Differs(Shape shape, (long Height, long Width) size) =>
        shape[1] == size.Height && shape[2] == size.Width ? null : size;

    // Both are written for channels first; the permutations are views. What shrinks is averaged, so that every value counts; what grows is
    // interpolated.
    private static Tensor Resized(Tensor map, long height, long width)
    {
        Tensor x = map.permute(0, 3, 1, 2);
        (long h, long w) = (Math.Min(height, x.shape[2]), Math.Min(width, x.shape[3]));
        if (h != x.shape[2] || w != x.shape[3])
        {
            x = nn.functional.adaptive_avg_pool2d(x, [h, w]);
        }

        if (h != height || w != width)
        {
            x = nn.functional.interpolate(x, [height, width], mode: InterpolationMode.Bilinear, align_corners: false);
        }

        return x.permute(0, 2, 3, 1);
    }

    private static string Of(FeaturePair pair, Shape teacher, Shape student) =>
        $"the teacher's {pair.Teacher} has the shape {teacher} and the student's {pair.Student} the shape {student}";
}
