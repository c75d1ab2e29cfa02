; Inno Setup 6.3 or later: an installer for one user, who need not be administrator.
[Setup]
AppId={{6E0D2B0C-7B9A-4B1E-9C36-5D6A3B6F1C52}
AppName={cm:Title}
AppVersion=$version
AppVerName={cm:Title} $version
AppComments=$caution
DefaultDirName={autopf}\$title
DefaultGroupName={cm:Title}
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
LicenseFile=$folder\LICENSE
OutputDir=.
OutputBaseFilename=$folder-setup
VersionInfoProductName=$title
VersionInfoDescription=$title
ShowLanguageDialog=auto
SetupIconFile=$made\fundus-gui.ico
UninstallDisplayIcon={app}\$window.exe
Compression=lzma2/max
SolidCompression=yes
WizardStyle=modern
ChangesAssociations=yes
CloseApplications=yes
#ifdef Sign
SignTool=sign
SignedUninstaller=yes
#endif

[Languages]
Name: "english"; MessagesFile: "compiler:Default.isl"
; Inno Setup brings the Chinese of its own pages since 2026; before, one puts the file there.
#define Chinese AddBackslash(CompilerPath) + "Languages\ChineseSimplified.isl"
#if FileExists(Chinese)
Name: "chinese"; MessagesFile: "compiler:Languages\ChineseSimplified.isl"
#else
#pragma warning "The installer speaks no Chinese: there is no " + Chinese
#endif

[CustomMessages]
english.Title=$title
#if FileExists(Chinese)
chinese.Title=$chinese
#endif

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; Flags: unchecked

[Files]
Source: "$folder\*"; DestDir: "{app}"; Flags: recursesubdirs createallsubdirs ignoreversion

[InstallDelete]
; What an earlier version brought and this one does not.
Type: filesandordirs; Name: "{app}\_internal"

[Icons]
Name: "{group}\{cm:Title}"; Filename: "{app}\$window.exe"
Name: "{autodesktop}\{cm:Title}"; Filename: "{app}\$window.exe"; Tasks: desktopicon

[Registry]
; "Open with" names the program for these; what a double click opens stays as it is.
Root: HKA; Subkey: "Software\Classes\Applications\$window.exe"; ValueType: string; ValueName: "FriendlyAppName"; ValueData: "{cm:Title}"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Applications\$window.exe\shell\open\command"; ValueType: string; ValueData: """{app}\$window.exe"" gui ""%1"""
Root: HKA; Subkey: "Software\Classes\Applications\$window.exe\SupportedTypes"; ValueType: string; ValueName: ".jpg"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\$window.exe\SupportedTypes"; ValueType: string; ValueName: ".jpeg"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\$window.exe\SupportedTypes"; ValueType: string; ValueName: ".jpe"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\$window.exe\SupportedTypes"; ValueType: string; ValueName: ".jfif"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\$window.exe\SupportedTypes"; ValueType: string; ValueName: ".png"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\$window.exe\SupportedTypes"; ValueType: string; ValueName: ".tif"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\$window.exe\SupportedTypes"; ValueType: string; ValueName: ".tiff"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\$window.exe\SupportedTypes"; ValueType: string; ValueName: ".bmp"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\$window.exe\SupportedTypes"; ValueType: string; ValueName: ".webp"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\$window.exe\SupportedTypes"; ValueType: string; ValueName: ".dcm"; ValueData: ""

[Run]
Filename: "{app}\$window.exe"; Description: "{cm:LaunchProgram,{cm:Title}}"; Flags: nowait postinstall skipifsilent
