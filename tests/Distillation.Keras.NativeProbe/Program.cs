using Distillation.Keras.NativeProbe;

// Each mode prints what came of it, in lines of which the tests know the form.
switch (args)
{
    case ["engine" or "torch"]:
        LibraryProbe.Run(args[0]);
        break;
    case ["read"]:
        ReadProbe.Run(Console.In, Console.Out);
        break;
    case ["save", string folder]:
        SaveProbe.WithoutEnd(folder, Console.Out);
        break;
    case ["save-limited", string folder, string share]:
        SaveProbe.Limited(folder, share, Console.Out);
        break;
    case ["save-as-nobody", string folder]:
        SaveProbe.AsNobody(folder, Console.Out);
        break;
    default:
        throw new ArgumentException("Usage: NativeProbe engine|torch|read|save FOLDER|save-limited FOLDER SHARE|save-as-nobody FOLDER");
}
